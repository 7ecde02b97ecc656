import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ServingError } from '@medserve/errors';
import { newEventId } from '@medserve/events';
import { acceptance, completion, recordEvent, startTestServer, type TestServer } from '@medserve/testkit';
import { Client } from 'pg';
import { ActivityStore } from '../activities/activity-store';
import { createDataSource, poolOf } from '../database/data-source';
import { Database } from '../database/database';
import { ApiKeyStore } from '../keys/api-key-store';
import { recordsOf } from '../ledger/records-of';
import { openStorage } from '../open-storage';
import { WakeUp } from '../outbox/wake-up';
import { RecordStore, type FinalStatus, type RequestStatus, type StoredResult } from '../records/record-store';
import { RecordWriter } from '../records/record-writer';

/** Of each tenant. The issue promises 100,000: `MEDSERVE_TEST_ISOLATION=100000 npx jest libs/storage/src/isolation`. */
const OPERATIONS = Number(process.env['MEDSERVE_TEST_ISOLATION'] ?? 500);
const SEED = Number(process.env['MEDSERVE_TEST_SEED'] ?? 20_261_125);
const POOL = 4;
/** Of each tenant at once, so that the four connections are always on their way from one tenant to another. */
const LANES = 8;

const ATTEMPTS = 100;

/** Names that are no names of tenants show what row security does with whatever reaches it. */
const TENANTS = ['home', 'north', 'north-2', 'NORTH', 'home,north', '{north,home}', `north' OR '1'='1`, 'NULL'];
const hasLog = (tenant: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(tenant);

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** mulberry32: numbers from 0 up to 1, the same for the same seed. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What a lane knows of a request of its own. */
interface Known {
  readonly id: string;
  readonly bytes: string;
  readonly key: string | undefined;
  status: RequestStatus;
  result: StoredResult | undefined;
}

/** The parts of a gateway's storage, over one small pool. */
function gatewayOn(url: string) {
  const dataSource = createDataSource({ url, poolSize: POOL, applicationName: 'isolation', role: 'gateway' });
  const writer = new RecordWriter({ url, applicationName: 'isolation-records', role: 'gateway' });
  const open = async () => {
    await dataSource.initialize();
    const database = new Database(poolOf(dataSource));
    const wakeUp = new WakeUp(database);
    return {
      database,
      records: new RecordStore(database, writer, wakeUp),
      activities: new ActivityStore(writer, wakeUp),
      keys: new ApiKeyStore(database),
    };
  };
  return {
    open,
    close: async () => {
      await writer.close();
      await dataSource.destroy();
    },
  };
}
type Gateway = Awaited<ReturnType<ReturnType<typeof gatewayOn>['open']>>;

/** What all lanes share: whose every id is, and what was seen that should not have been. */
class World {
  readonly requests = new Map<string, string[]>(TENANTS.map((tenant) => [tenant, []]));
  readonly prefixes = new Map<string, string>();
  readonly violations: string[] = [];
  operations = 0;
  /** One lane failed: the others need not go on. */
  isOver = false;
  lost = 0;

  constructor(
    readonly gateway: Gateway,
    readonly operator: Client,
  ) {}

  foreignId(tenant: string, random: () => number): string | undefined {
    const ids = this.requests.get(TENANTS.filter((other) => other !== tenant)[Math.floor(random() * 7)] ?? '') ?? [];
    return ids[Math.floor(random() * ids.length)];
  }
}

/** One caller of one tenant, one operation after another, against what it knows. */
class Lane {
  private readonly known: Known[] = [];
  private readonly keys = new Map<string, boolean>();
  private readonly actions: readonly [number, () => Promise<void>][] = [
    [26, () => this.accept()],
    [22, () => this.finish()],
    [18, () => this.look()],
    [6, () => this.repeat()],
    [10, () => this.askForForeign()],
    [3, () => this.useKeys()],
    [4, () => this.tell()],
    [2, () => this.readAudit()],
    [6, () => this.askForAll()],
    [2, () => this.fail()],
    [0.05, () => this.cut()],
  ];

  constructor(
    private readonly world: World,
    private readonly tenant: string,
    private readonly lane: number,
    private readonly random: () => number,
  ) {}

  async run(operations: number): Promise<void> {
    const weight = this.actions.reduce((sum, [share]) => sum + share, 0);
    for (let done = 0; done < operations && !this.world.isOver; done += 1) {
      let at = this.random() * weight;
      const [, action] = this.actions.find(([share]) => (at -= share) < 0) ?? this.actions[0]!;
      await action();
      this.world.operations += 1;
    }
  }

  private expect(isAsKnown: boolean, what: string): void {
    if (!isAsKnown) this.world.violations.push(`${this.tenant}: ${what}`);
  }

  private pick(): Known | undefined {
    // The newest are the liveliest.
    return this.known[this.known.length - 1 - Math.floor(this.random() * Math.min(this.known.length, 20))];
  }

  /** Until the database answers again, which it does soon. What a cut leaves unknown is looked up, never assumed. */
  private async surely<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (attempt >= ATTEMPTS || !(error instanceof ServingError && error.reason === 'unavailable')) throw error;
        this.world.lost += 1;
        await delay(5);
      }
    }
  }

  private accept(
    key = this.random() < 0.5 ? `${String(this.lane)}/${String(this.known.length)}` : undefined,
  ): Promise<void> {
    return this.tryAccept(newEventId(), key, `bytes ${String(this.known.length)}`);
  }

  private async tryAccept(id: string, key: string | undefined, bytes: string): Promise<void> {
    const { records } = this.world.gateway;
    // Lanes of all tenants use the same keys and the same bytes: only the tenant keeps them apart.
    const request = acceptance({
      id,
      tenant: this.tenant,
      fingerprint: sha256(bytes),
      ...(key === undefined ? {} : { idempotencyKeyHash: sha256(key) }),
    });
    const outcome = await records.accept(request).catch(async (error: unknown) => {
      if (!(error instanceof ServingError && error.reason === 'unavailable')) throw error;
      const found = await this.surely(() => records.find(this.tenant, id));
      return found === undefined ? undefined : { kind: 'accepted' as const };
    });
    if (outcome === undefined) return;
    this.expect(outcome.kind === 'accepted', `a new request was a ${outcome.kind}`);
    if (outcome.kind !== 'accepted') return;
    this.known.push({ id, bytes, key, status: 'accepted', result: undefined });
    this.world.requests.get(this.tenant)?.push(id);
  }

  private async finish(): Promise<void> {
    const request = this.pick();
    if (request === undefined) return this.accept();
    const status: FinalStatus = this.random() < 0.8 ? 'completed' : 'failed';
    const answer = JSON.stringify({ of: this.tenant, request: request.id });
    const { result } = completion(request.id, answer);
    const event = recordEvent({ request: request.id, event: status });
    const ending = {
      id: request.id,
      tenant: this.tenant,
      status,
      event,
      result: status === 'completed' ? result : undefined,
    };
    const outcome = await this.surely(() => this.world.gateway.records.finish(ending));
    if (request.status === 'accepted') {
      this.expect(outcome.kind === 'recorded', 'the end of an open request was not recorded');
      request.status = status;
      request.result = ending.result;
    } else {
      this.expect(outcome.kind === 'superseded' && outcome.status === request.status, 'a request ended twice');
    }
  }

  private async look(): Promise<void> {
    const request = this.pick();
    if (request === undefined) return this.accept();
    const found = await this.surely(() => this.world.gateway.records.find(this.tenant, request.id));
    this.expect(found?.status === request.status, `a request is ${String(found?.status)} and not ${request.status}`);
    this.expect(this.isSame(found?.result, request.result), 'another answer came back');
  }

  private isSame(found: StoredResult | undefined, known: StoredResult | undefined): boolean {
    return found === undefined || known === undefined ? found === known : found.bytes.equals(known.bytes);
  }

  /** A key that was used: its own answer comes again, or none where its request ended without one. */
  private async repeat(): Promise<void> {
    const request = this.pick();
    if (request?.key === undefined || request.status === 'failed') return this.accept();
    const isOther = this.random() < 0.3;
    const again = acceptance({
      tenant: this.tenant,
      idempotencyKeyHash: sha256(request.key),
      fingerprint: sha256(isOther ? 'others' : request.bytes),
    });
    const outcome = await this.surely(() => this.world.gateway.records.accept(again));
    if (isOther) {
      this.expect(outcome.kind === 'reused', `a key with other bytes was ${outcome.kind}`);
      return;
    }
    this.expect(
      outcome.kind === 'replay' && outcome.id === request.id,
      `a repeated key was ${outcome.kind} of another`,
    );
    if (outcome.kind === 'replay')
      this.expect(this.isSame(outcome.result, request.result), 'another answer was replayed');
  }

  /** What another tenant has, by its very id: it is not there, and stays as it is. */
  private async askForForeign(): Promise<void> {
    const id = this.world.foreignId(this.tenant, this.random);
    if (id === undefined) return this.accept();
    const { records, keys, database } = this.world.gateway;
    const kind = Math.floor(this.random() * 5);
    const seen = await this.surely<unknown>(() => {
      if (kind === 0) return records.find(this.tenant, id);
      if (kind === 1) return records.request(this.tenant, id);
      if (kind === 2) return recordsOf(database, this.tenant, id);
      if (kind === 3) return keys.revoke(randomUUID(), this.tenant).then((isRevoked) => isRevoked || undefined);
      const ending = { ...completion(id), tenant: this.tenant };
      return records.finish(ending).catch((error: unknown) => {
        if (error instanceof ServingError && error.reason === 'internal') return undefined;
        throw error;
      });
    });
    this.expect(seen === undefined, `a request of another tenant was there (${String(kind)})`);
  }

  private async useKeys(): Promise<void> {
    const { keys } = this.world.gateway;
    if (this.keys.size < 8) {
      const prefix = `ms_${randomUUID()}`;
      const key = {
        id: randomUUID(),
        prefix,
        hash: sha256(prefix),
        scopes: ['infer'],
        tenant: this.tenant,
        label: 'lane',
        expiresAt: null,
      };
      // Unknown after a cut, and then it is not known to be there.
      await keys.insert(key).then(
        () => {
          this.keys.set(key.id, true);
          this.world.prefixes.set(prefix, this.tenant);
        },
        () => undefined,
      );
      return;
    }
    const [id = '', isAlive] = [...this.keys][Math.floor(this.random() * this.keys.size)] ?? [];
    if (this.random() < 0.3) {
      const isRevoked = await keys.revoke(id, this.tenant).catch(() => undefined);
      this.expect(isRevoked === undefined || isRevoked === isAlive, 'a key was revoked twice, or not at all');
      if (isRevoked !== undefined) this.keys.set(id, false);
      else this.keys.delete(id);
      return;
    }
    const listed = await this.surely(() => keys.list(this.tenant));
    this.expect(
      listed.every(({ tenant }) => tenant === this.tenant),
      'a key of another tenant was listed',
    );
    this.expect(
      [...this.keys.keys()].every((known) => listed.some((key) => key.id === known)),
      'a key was not listed',
    );
    const prefixes = [...this.world.prefixes];
    const [prefix = '', owner] = prefixes[Math.floor(this.random() * prefixes.length)] ?? [];
    const found = await this.surely(() => keys.findByPrefix(prefix));
    this.expect(found?.tenant === owner, 'a credential led to another tenant');
  }

  private async tell(): Promise<void> {
    const event = {
      id: newEventId(),
      schema: 1 as const,
      event: 'result_read' as const,
      at: new Date().toISOString(),
      tenant: hasLog(this.tenant) ? this.tenant : 'home',
      actor: 'key-1',
      actorKind: 'key' as const,
      subject: `result:${newEventId()}`,
      outcome: 'success' as const,
    };
    await this.world.gateway.activities.record(event).catch(() => undefined);
  }

  private async readAudit(): Promise<void> {
    const request = this.pick();
    if (request === undefined || !hasLog(this.tenant)) return this.accept();
    const records = await this.surely(() => recordsOf(this.world.gateway.database, this.tenant, request.id));
    this.expect(records !== undefined, 'the audit does not know a request of its tenant');
    const said = records?.at(-1)?.event;
    this.expect(said === undefined || said === 'accepted' || said === request.status, `the audit says ${String(said)}`);
  }

  /** Statements as a mistake, or somebody who got in, would send them: over the shared pool, with no word of a tenant. */
  private async askForAll(): Promise<void> {
    const { database } = this.world.gateway;
    const mine = this.pick();
    const ids = [mine?.id, this.world.foreignId(this.tenant, this.random)].filter((id) => id !== undefined);
    // Rarely the whole of a table, which grows.
    const wide = this.random() < 0.01 ? `UNION ALL SELECT tenant FROM api_key UNION ALL SELECT tenant FROM outbox` : '';
    const text = `SELECT tenant FROM request WHERE id = ANY($1::uuid[]) ${wide} LIMIT 50`;
    if (this.random() < 0.5) {
      const rows = await this.surely(() => database.rows<{ tenant: string }>({ text, values: [ids] }));
      this.expect(rows.length === 0, `rows were there for nobody: of ${rows.map(({ tenant }) => tenant).join()}`);
      return;
    }
    const rows = await this.surely(() =>
      database.forTenant(this.tenant, async (client) => {
        await client.rows({
          text: `UPDATE request SET content_type = 'taken' WHERE id = ANY($1::uuid[]) AND tenant <> $2`,
          values: [ids, this.tenant],
        });
        return client.rows<{ tenant: string }>({ text, values: [ids] });
      }),
    );
    this.expect(
      rows.every(({ tenant }) => tenant === this.tenant),
      'rows of another tenant were there',
    );
    this.expect(mine === undefined || rows.length > 0, 'its own rows were not there');
  }

  /** A transaction for the tenant that ends in an error: by its own work, or because it writes what is another's. */
  private async fail(): Promise<void> {
    const { database } = this.world.gateway;
    const other = TENANTS[(TENANTS.indexOf(this.tenant) + 1) % TENANTS.length];
    const text = 'INSERT INTO outbox (event, tenant, payload) VALUES ($1, $2, $3)';
    const isOwnWork = this.random() < 0.5;
    const outcome = await database
      .forTenant(this.tenant, async (client) => {
        if (isOwnWork) throw new Error('its own work');
        await client.rows({ text, values: [newEventId(), other, Buffer.from('{}')] });
      })
      .catch((error: unknown) => error);
    this.expect(outcome instanceof Error, 'an event was written for another tenant');
  }

  /** Connections die in the middle of whatever is on them. */
  private async cut(): Promise<void> {
    await this.world.operator.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name LIKE 'isolation%' AND random() < 0.5`,
    );
  }
}

/** Brings what was committed into the logs, as the recorder does. */
function keepRecording(url: string, operator: Client) {
  const stop = new AbortController();
  const running = (async () => {
    const storage = await openStorage({ url, poolSize: 2, applicationName: 'recording', role: 'recorder' });
    while (!stop.signal.aborted) {
      const messages = await storage.outbox.claim(500);
      // A name that is none has no log; what the ledger does with its events is another test's subject.
      const text = 'DELETE FROM outbox WHERE event = ANY($1::uuid[]) AND tenant <> ALL($2) RETURNING event';
      const { rows } = await operator.query<{ event: string }>(text, [
        messages.map(({ id }) => id),
        TENANTS.filter(hasLog),
      ]);
      const without = new Set(rows.map(({ event }) => event));
      await storage.ledger.append(messages.filter(({ id }) => !without.has(id)));
      if (messages.length < 500) await delay(20);
    }
    await storage.close();
  })();
  return () => {
    stop.abort();
    return running;
  };
}

describe('eight tenants over one pool of four connections', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);
  afterAll(() => server.stop(), 30_000);

  /** All tenants live at once on a database of their own, `weakened` before. */
  async function live(operations: number, weakened?: string): Promise<World> {
    const database = await server.database();
    const operator = new Client({ connectionString: database.url });
    await operator.connect();
    if (weakened !== undefined) await operator.query(weakened);
    const parts = gatewayOn(database.url);
    const world = new World(await parts.open(), operator);
    const stopRecording = keepRecording(database.url, operator);
    const lanes = TENANTS.flatMap((tenant, at) =>
      Array.from({ length: LANES }, (_, lane) =>
        new Lane(world, tenant, lane, seededRandom(SEED + at * LANES + lane)).run(Math.ceil(operations / LANES)),
      ),
    );
    for (const lane of lanes) {
      lane.catch(() => {
        world.isOver = true;
      });
    }
    try {
      await Promise.allSettled(lanes);
      await Promise.all(lanes);
      const { rows } = await operator.query(`SELECT tenant FROM request WHERE content_type = 'taken'`);
      if (rows.length > 0) world.violations.push('a request was changed by another tenant');
    } finally {
      await stopRecording();
      await parts.close();
      await operator.end();
      await database.close();
    }
    return world;
  }

  it(
    `never see a row of one another in ${String(OPERATIONS)} random operations each`,
    async () => {
      const beganAt = performance.now();
      const world = await live(OPERATIONS);
      expect(world.violations.slice(0, 20)).toEqual([]);
      expect(world.operations).toBeGreaterThanOrEqual(OPERATIONS * TENANTS.length);
      if (OPERATIONS > 500) {
        const seconds = ((performance.now() - beganAt) / 1_000).toFixed(0);
        console.log(`${String(world.operations)} operations in ${seconds} s, ${String(world.lost)} of them cut off`);
      }
    },
    60_000 + OPERATIONS * 40,
  );

  it.each([
    [
      'a tenant named for the session and not for the transaction',
      `DO $$ DECLARE text text; BEGIN
        FOR text IN SELECT pg_get_functiondef(oid) FROM pg_proc WHERE prosrc LIKE '%medserve.tenant%' LOOP
          EXECUTE replace(text, '::text, true)', '::text, false)');
        END LOOP;
      END $$`,
    ],
    [
      'a policy that lets a gateway see every row',
      `DROP POLICY own_rows ON request; CREATE POLICY own_rows ON request TO medserve_gateway USING (true)`,
    ],
  ])(
    'would be seen here to do so, were there %s',
    async (_, weakened) => {
      expect((await live(80, weakened)).violations).not.toEqual([]);
    },
    60_000,
  );
});
