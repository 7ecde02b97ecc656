import { randomBytes } from 'node:crypto';
import { newEventId, type ActivityEvent } from '@medserve/events';
import { FileKeyWrapper } from '@medserve/security';
import { activityEvent, acceptance, completion, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { ContentVault } from '../content/content-vault';
import { DataKeys } from '../content/data-keys';
import { DestroyedKeyError } from '../destroyed-key';
import { openStorage, type Storage } from '../open-storage';
import { OPEN_SESSIONS } from './session-store';

const SECRET = randomBytes(32);
const LEASE_MS = 60_000;

const eventOf = (event: 'session_opened' | 'session_closed', tenant: string, id: string): ActivityEvent =>
  activityEvent({
    event,
    tenant,
    subject: `session:${id}`,
  });

describe('chat sessions', () => {
  let database: TestDatabase;
  let gateway: Storage;
  let recorder: Storage;
  let vault: ContentVault;

  beforeAll(async () => {
    database = await startTestDatabase();
    const open = (role: 'gateway' | 'recorder') =>
      openStorage({ url: database.url, poolSize: 4, applicationName: 'spec', role });
    [gateway, recorder] = await Promise.all([open('gateway'), open('recorder')]);
    vault = new ContentVault(new DataKeys(gateway.contentKeys, new FileKeyWrapper(SECRET), () => 0));
  }, 60_000);

  afterAll(async () => {
    await Promise.all([gateway.close(), recorder.close()]);
    await database.close();
  }, 30_000);

  const sealed = (tenant: string, words: string, patient?: string): Promise<Buffer> =>
    vault.seal(
      { tenant, request: 'place', at: new Date().toISOString(), ...(patient === undefined ? {} : { patient }) },
      Buffer.from(words),
    );

  /** A session of `key-1` in the tenant. */
  const aSession = async ({ tenant = 'north', owner = 'key-1', ttlSeconds = 600 } = {}) => {
    const id = newEventId();
    const key = { tenant, owner, id };
    await gateway.sessions.open(
      { ...key, head: await sealed(tenant, 'head'), ttlSeconds },
      eventOf('session_opened', tenant, id),
    );
    return key;
  };
  type Key = Awaited<ReturnType<typeof aSession>>;

  const claim = (key: Key, request: string, turns = 0) => gateway.sessions.claim(key, request, turns, LEASE_MS);
  const append = async (
    { tenant, id }: Key,
    request: string,
    claimedBy = request,
    patient?: string,
  ): Promise<boolean> =>
    gateway.sessions.append(
      {
        ...{ tenant, session: id, request, patient },
        words: await sealed(tenant, 'words'),
        images: await sealed(tenant, 'images'),
      },
      claimedBy,
    );
  const told = (id: string): Promise<string[]> =>
    database.superuser(async (sql) => {
      const { rows } = await sql.query<{ payload: Buffer }>('SELECT payload FROM outbox ORDER BY position');
      return rows
        .map(({ payload }) => JSON.parse(payload.toString('utf8')) as ActivityEvent)
        .filter(({ subject }) => subject === `session:${id}`)
        .map(({ event }) => event);
    });
  const expire = ({ id }: Key): Promise<unknown> =>
    database.superuser((sql) =>
      sql.query(
        `UPDATE chat_session SET expires_at = now() - interval '1 s', busy_by = NULL, busy_until = NULL WHERE id = $1`,
        [id],
      ),
    );

  it('keep their turns in order, with what they hold, for every gateway', async () => {
    const key = await aSession();
    const requests = [newEventId(), newEventId()];
    for (const [turns, request] of requests.entries()) {
      expect(await claim(key, request, turns)).toBe(true);
      expect(await append(key, request)).toBe(true);
    }
    const another = await openStorage({ url: database.url, poolSize: 1, applicationName: 'spec', role: 'gateway' });
    const found = await another.sessions.find(key);
    expect(found).toMatchObject({ turns: 2, ttlSeconds: 600, isBusy: false });
    expect(found?.wordBytes).toBeGreaterThan(0);
    expect(found?.imageBytes).toBeGreaterThan(0);
    expect(await another.sessions.turns('north', key.id)).toMatchObject(
      requests.map((request, at) => ({ number: at + 1, request })),
    );
    expect(await another.sessions.images('north', key.id)).toHaveLength(2);
    await another.close();
  });

  it('are of nobody but their owner in their tenant', async () => {
    const key = await aSession();
    for (const other of [
      { ...key, owner: 'key-2' },
      { ...key, tenant: 'south' },
    ]) {
      expect(await gateway.sessions.find(other)).toBeUndefined();
      expect(await gateway.sessions.claim(other, newEventId(), 0, LEASE_MS)).toBe(false);
      expect(await gateway.sessions.close(other, () => eventOf('session_closed', 'north', key.id))).toBe(false);
    }
    expect(await gateway.sessions.turns('south', key.id)).toEqual([]);
    expect(await gateway.sessions.find(key)).toBeDefined();
  });

  it('answer one turn at a time, however many come at once', async () => {
    const key = await aSession();
    const claims = await Promise.all(Array.from({ length: 6 }, () => claim(key, newEventId())));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await gateway.sessions.find(key)).toMatchObject({ isBusy: true });
  });

  it('are not taken by who does not know their last turn', async () => {
    const key = await aSession();
    const request = newEventId();
    await claim(key, request);
    await append(key, request);
    expect(await claim(key, newEventId(), 0)).toBe(false);
    expect(await claim(key, newEventId(), 1)).toBe(true);
  });

  it('are free again when they are given back, by who has them only', async () => {
    const key = await aSession();
    const request = newEventId();
    await claim(key, request);
    await gateway.sessions.release('north', key.id, newEventId());
    expect(await claim(key, newEventId())).toBe(false);
    await gateway.sessions.release('north', key.id, request);
    expect(await claim(key, newEventId())).toBe(true);
  });

  it('are free again when the request that had them failed or was abandoned, and not while it is answered', async () => {
    for (const status of ['failed', 'cancelled'] as const) {
      const key = await aSession();
      const request = acceptance({ tenant: 'north' });
      await claim(key, request.id);
      await gateway.records.accept(request);
      expect(await claim(key, newEventId())).toBe(false);
      const { event, result } = completion(request.id);
      await gateway.records.finish({
        id: request.id,
        tenant: 'north',
        status,
        event: { ...event, event: status },
        result,
      });
      expect(await claim(key, newEventId())).toBe(true);
    }
  });

  it('take the turn of a request once, and none of a request that lost them', async () => {
    const key = await aSession();
    const [first, second] = [newEventId(), newEventId()];
    await claim(key, first);
    await append(key, first);
    // The same request under a repeated key: it has its turn.
    await claim(key, second, 1);
    expect(await append(key, first, second)).toBe(true);
    expect(await gateway.sessions.find(key)).toMatchObject({ turns: 1, isBusy: false });
    expect(await append(key, second)).toBe(false);
  });

  it('are about whom the first turn names that names somebody', async () => {
    const key = await aSession();
    const [ada, grace] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
    const about: unknown[] = [];
    for (const [turns, patient] of [undefined, ada, grace, undefined].entries()) {
      const request = newEventId();
      await claim(key, request, turns);
      await append(key, request, request, patient);
      about.push((await gateway.sessions.find(key))?.patient);
    }
    expect(about).toEqual([null, ada, ada, ada]);
  });

  it('live on from each turn, and are gone when their time is over, swept or not', async () => {
    const key = await aSession();
    const request = newEventId();
    await expire(key);
    expect(await gateway.sessions.find(key)).toBeUndefined();
    expect(await claim(key, request)).toBe(false);
    expect(await recorder.sessions.sweep(new Date())).toBe(1);
    expect(await recorder.sessions.sweep(new Date())).toBe(0);
    expect(await told(key.id)).toEqual(['session_opened', 'session_closed']);
  });

  it('end with all their turns, on record', async () => {
    const key = await aSession();
    const request = newEventId();
    await claim(key, request);
    await append(key, request);
    const counts: number[] = [];
    const closing = (turns: number): ActivityEvent => {
      counts.push(turns);
      return eventOf('session_closed', 'north', key.id);
    };
    expect(await gateway.sessions.close(key, closing)).toBe(true);
    expect(await gateway.sessions.close(key, closing)).toBe(false);
    expect(counts).toEqual([1]);
    expect(await gateway.sessions.turns('north', key.id)).toEqual([]);
    expect(await told(key.id)).toEqual(['session_opened', 'session_closed']);
  });

  it('are so many for one owner, and as many for the next', async () => {
    const owner = 'key-busy';
    for (let count = 2; count < OPEN_SESSIONS; count += 1) await aSession({ owner });
    const hurried = await Promise.allSettled(Array.from({ length: 8 }, () => aSession({ owner })));
    expect(hurried.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    await expect(aSession({ owner })).rejects.toMatchObject({
      reason: 'quota_exceeded',
      limit: `open sessions: ${String(OPEN_SESSIONS)}`,
    });
    await expect(aSession({ owner: 'key-idle' })).resolves.toBeDefined();
  }, 60_000);

  it('hold nothing that is not sealed, nor sealed by a key that was destroyed', async () => {
    const key = await aSession();
    const request = newEventId();
    await claim(key, request);
    const turn = { tenant: 'north', session: key.id, request, images: null };
    await expect(gateway.sessions.append({ ...turn, words: Buffer.from('plain') }, request)).rejects.toMatchObject({
      reason: 'unavailable',
    });
    const patient = randomBytes(32).toString('hex');
    const words = await sealed('north', 'words', patient);
    const owner = await openStorage({ url: database.url, poolSize: 1, applicationName: 'spec' });
    await owner.contentKeys.destroy('north', `patient:${patient}`, {
      ...eventOf('session_opened', 'north', key.id),
      event: 'content_shredded',
      subject: `patient:${patient}`,
    });
    await owner.close();
    await expect(gateway.sessions.append({ ...turn, words }, request)).rejects.toBeInstanceOf(DestroyedKeyError);
    expect(await append(key, request)).toBe(true);
  });
});
