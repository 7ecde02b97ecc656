/**
 * Faults between the processes, of the database behind them, and of callers: F14, F15, F43, F45, F47, F51 to F54, F58, F59 and F73 of
 * the catalogue (docs/faults.md).
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { FaultProxy } from '@medserve/testkit';
import { withConnection } from '@medserve/storage';
import { Caller, type Reply } from '../support/caller';
import { insist } from '../support/insistent-client';
import { until } from '../support/platform';
import { Rig } from '../support/rig';
import { syntheticSlice } from '../support/synthetic';
import { ends, expectInvariants, expectSameAnswer, rowsOf, Witness } from './invariants';

jest.setTimeout(180_000);

const image = syntheticSlice();

describe('wires that fail', () => {
  const witness = new Witness();
  let rig: Rig;
  let collector: FaultProxy;
  let caller: Caller;

  beforeAll(async () => {
    // F73 throughout: a collector of traces that refuses, and that falls silent.
    collector = await FaultProxy.start('127.0.0.1:1');
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://${collector.address}` };
    rig = await Rig.start({ environment });
    caller = rig.caller();
    witness.saw(await ask());
  });
  afterAll(async () => {
    await rig.remove();
    await collector.close();
  });
  afterEach(async () => {
    for (const wire of Object.values(rig.wires)) {
      wire.heal();
      await wire.accept();
    }
    await until(
      'the platform serves again (L2)',
      async () => (await ask().catch(() => undefined))?.status === 200,
      60_000,
    );
    await expectInvariants({ databaseUrl: rig.database.url, verify: () => rig.verify() }, witness);
  });

  const ask = async (headers: Record<string, string> = {}, deadlineMs?: number): Promise<Reply> => {
    const query: Record<string, string> = deadlineMs === undefined ? {} : { deadlineMs: String(deadlineMs) };
    const reply = await ends('a request', caller.infer(image, 'application/dicom', query, headers), 60_000);
    witness.saw(reply);
    return reply;
  };
  /** So many requests, four at a time, each until it is answered. */
  const insistOn = async (count: number, name: string): Promise<void> => {
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < count) witness.saw((await insist(caller, image, `${name}-${String(next++)}`)).reply);
    };
    await Promise.all(Array.from({ length: 4 }, lane));
  };

  it('F14: the router is killed with requests in flight: they end on record, and are served when it is back', async () => {
    const asked = insistOn(40, 'f14');
    const before = witness.ids.length;
    await until('answers come', () => witness.ids.length > before + 4);
    await rig.router.kill();
    await rig.router.start();
    await asked;
  });

  it('F15: a router that stood still for a while and goes on has nobody believe what it says late', async () => {
    rig.router.freeze();
    const replies = await Promise.all([1, 2, 3].map(() => ask({}, 1_500)));
    rig.router.thaw();
    // The door may know beforehand that one would come too late: nothing is recorded of it.
    const late = replies.filter((reply) => String(reply.json['code']) !== 'overloaded');
    expect(new Set(late.map((reply) => reply.json['code']))).toEqual(new Set(['deadline_exceeded']));
    for (const reply of late)
      expect(await caller.events(String(reply.headers.get('x-request-id')))).toEqual(['accepted', 'failed']);
  });

  it('F43: connections to the database are ended at random, also within a commit: the outcome is looked up, never assumed', async () => {
    let isOver = false;
    const killer = async (): Promise<void> => {
      while (!isOver) {
        await rowsOf(
          rig.database.url,
          `SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity
             WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()
               AND application_name ~ '^medserve-(gateway|recorder|owner)'
             ORDER BY random() LIMIT 1) AS victim`,
        );
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const killing = killer();
    await insistOn(60, 'f43');
    isOver = true;
    await killing;
  });

  it('F45: a database that is locked up lets a request end by its deadline, and goes on after', async () => {
    await withConnection(rig.database.url, async (sql) => {
      await sql.query('BEGIN');
      await sql.query('LOCK TABLE request IN ACCESS EXCLUSIVE MODE');
      const replies = await Promise.all([1, 2, 3].map(() => ask({}, 1_000)));
      for (const reply of replies) expect([503, 504]).toContain(reply.status);
      await sql.query('ROLLBACK');
    });
  });

  it('F47: an event whose commit comes long after later ones is published all the same', async () => {
    await withConnection(rig.database.url, async (sql) => {
      await sql.query('BEGIN');
      // The first position of those that follow, held back by a transaction that does not end.
      await sql.query(`SELECT nextval(pg_get_serial_sequence('outbox', 'position'))`);
      const { rows } = await sql.query<{ position: string }>(
        `INSERT INTO outbox (event, tenant, request, payload)
         SELECT gen_random_uuid(), tenant, id, convert_to('{}', 'UTF8') FROM request LIMIT 1 RETURNING position`,
      );
      expect((await ask()).status).toBe(200);
      await until(
        'later events are in the ledger',
        async () => (await rowsOf(rig.database.url, 'SELECT 1 FROM outbox')).length === 0,
      );
      await sql.query('ROLLBACK');
      expect(Number(rows[0]?.position)).toBeGreaterThan(0);
    });
  });

  it.each(['gateway-database', 'gateway-router', 'recorder-database', 'router-pod'] as const)(
    'F51: 40 ms, give or take 30, on every piece between %s: everything is answered',
    async (wire) => {
      for (const direction of ['toTarget', 'toCaller'] as const)
        rig.wires[wire].set(direction, { delayMs: 40, jitterMs: 30 });
      expect((await Promise.all([1, 2, 3, 4].map(() => ask()))).map(({ status }) => status)).toEqual([
        200, 200, 200, 200,
      ]);
    },
  );

  it('F51: a router that is heard a byte at a time holds nobody beyond the deadline', async () => {
    rig.wires['gateway-router'].set('toCaller', { bytesPerSecond: 20 });
    const replies = await Promise.all([1, 2, 3].map(() => ask({}, 1_500)));
    for (const reply of replies) expect([503, 504]).toContain(reply.status);
  });

  it('F52: reset after the request was sent and before the reply: its key brings the answer that was recorded', async () => {
    const door = await FaultProxy.start(new URL(rig.gateways[0]!.addresses['url'] ?? '').host);
    const beyond = new Caller({ url: `http://${door.address}`, key: rig.key });
    door.set('toCaller', { resetAfterBytes: 0 });
    const headers = { 'idempotency-key': 'f52' };
    await expect(ends('a reset', beyond.infer(image, 'application/dicom', {}, headers))).rejects.toThrow();
    await door.close();
    const answer = await ask(headers);
    expectSameAnswer(answer, await ask(headers));
    const rows = await rowsOf<{ count: string }>(
      rig.database.url,
      'SELECT count(*) FROM request WHERE idempotency_key_hash IS NOT NULL GROUP BY idempotency_key_hash',
    );
    expect(rows.every(({ count }) => count === '1')).toBe(true);
  });

  it('F53: a router that vanished without a word: the request ends by its deadline, on record', async () => {
    rig.wires['gateway-router'].set('toTarget', { swallows: true });
    rig.wires['gateway-router'].set('toCaller', { swallows: true });
    const reply = await ask({}, 1_500);
    expect([503, 504]).toContain(reply.status);
    expect(await caller.events(String(reply.headers.get('x-request-id')))).toEqual(['accepted', 'failed']);
  });

  it('F54: cut off from the database, the gateway refuses and says when to come back; nothing is answered', async () => {
    const wire = rig.wires['gateway-database'];
    wire.refuse();
    wire.reset();
    const reply = await ask();
    expect(reply.status).toBe(503);
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('F54: cut off from the ledger, requests are answered on, and their events wait', async () => {
    const wire = rig.wires['recorder-database'];
    wire.refuse();
    wire.reset();
    expect((await ask()).status).toBe(200);
    expect((await rowsOf(rig.database.url, 'SELECT 1 FROM outbox')).length).toBeGreaterThan(0);
  });

  it.each([
    ['F58: leaves in the middle of what it sends', 'content-length: 100000', 'half'],
    ['F59: says less than it announced', 'content-length: 100000', ''],
    ['F59: announces two lengths', 'content-length: 4\r\ncontent-length: 5', 'four'],
    ['F59: breaks off a form', 'content-type: multipart/form-data; boundary=b\r\ncontent-length: 9', '--b\r\n\r\nx'],
  ])('a caller that %s is let go, and leaves nothing on record', async (_what, header, body) => {
    const before = (await rowsOf(rig.database.url, 'SELECT 1 FROM request')).length;
    const [host, port] = new URL(rig.gateways[0]!.addresses['url'] ?? '').host.split(':');
    const socket = connect(Number(port), host);
    socket.on('error', () => undefined);
    socket.resume();
    const head = `POST /v1/infer HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${rig.key}\r\n`;
    socket.end(
      `${head}${/content-type/.test(header) ? '' : 'content-type: application/dicom\r\n'}${header}\r\n\r\n${body}`,
    );
    await ends('the connection', once(socket, 'close'), 60_000);
    expect((await rowsOf(rig.database.url, 'SELECT 1 FROM request')).length).toBe(before);
  });

  it('F73: a collector of traces that refuses or falls silent holds nobody up', async () => {
    expect((await ask()).status).toBe(200);
    collector.set('toTarget', { swallows: true });
    expect((await Promise.all([1, 2, 3, 4].map(() => ask()))).map(({ status }) => status)).toEqual([
      200, 200, 200, 200,
    ]);
  });

  it('F54: cut off from the router, requests end as unavailable, on record', async () => {
    const wire = rig.wires['gateway-router'];
    wire.refuse();
    wire.reset();
    const reply = await ask({}, 3_000);
    expect([503, 504]).toContain(reply.status);
  });
});
