/** Faults of the gateway: F01 to F06, F08 and F09 of the catalogue (docs/faults.md). */
import type { Caller } from '../support/caller';
import { type Reply } from '../support/caller';
import { FailpointControl } from '../support/failpoint-control';
import { until } from '../support/platform';
import { Rig } from '../support/rig';
import { syntheticSlice } from '../support/synthetic';
import { ends, expectInvariants, expectSameAnswer, rowsOf, Witness } from './invariants';

jest.setTimeout(120_000);

const image = syntheticSlice();

describe('a gateway that fails', () => {
  const failpoints = new FailpointControl([
    { point: 'gateway.before-accept', do: 'exit' },
    { point: 'gateway.after-accept', do: 'exit' },
    { point: 'gateway.before-complete', do: 'exit' },
    { point: 'gateway.after-complete', do: 'exit' },
    { point: 'gateway.after-accept', do: 'throw' },
    { point: 'gateway.after-accept', do: 'block', ms: 3_000 },
    { point: 'gateway.before-complete', do: 'delay', ms: 1_500 },
  ]);
  const witness = new Witness();
  let rig: Rig;

  beforeAll(async () => {
    rig = await Rig.start({ gateways: 2, failpoints });
    witness.saw(await ask(rig.caller()));
  });
  afterAll(async () => {
    await rig.remove();
    failpoints.remove();
  });
  afterEach(async () => {
    await expectInvariants({ databaseUrl: rig.database.url, verify: () => rig.verify() }, witness);
  });

  const ask = async (caller: Caller, key?: string): Promise<Reply> => {
    const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
    const reply = await ends('a request', caller.infer(image, 'application/dicom', {}, headers));
    witness.saw(reply);
    return reply;
  };
  const requests = async (): Promise<number> => (await rowsOf(rig.database.url, 'SELECT id FROM request')).length;
  /** The answer to a key, from the other gateway, once who had it before is known to be dead. */
  const insist = async (key: string): Promise<Reply> => {
    let reply: Reply | undefined;
    await until(`an answer for ${key}`, async () => (reply = await ask(rig.caller(1), key)).status === 200, 60_000);
    return reply!;
  };

  /** Sends a request that its gateway does not survive, then brings the gateway back. */
  async function askAndDie(key: string): Promise<void> {
    const [gateway] = rig.gateways;
    await expect(ask(rig.caller(), key)).rejects.toThrow('fetch failed');
    await gateway!.ended();
    await gateway!.start();
  }

  it('F01: killed before ACCEPTED commits, it leaves no trace, and the key is new', async () => {
    const before = await requests();
    failpoints.light('gateway.before-accept', 'exit');
    await askAndDie('f01');
    expect(await requests()).toBe(before);
    const answer = await ask(rig.caller(), 'f01');
    expectSameAnswer(answer, await ask(rig.caller(1), 'f01'));
  });

  it.each([
    ['F02', 'killed after ACCEPTED, before dispatch', 'gateway.after-accept'],
    ['F03', 'killed after inference, before COMPLETED commits', 'gateway.before-complete'],
  ] as const)(
    '%s: %s, the request is abandoned and never answered, and its key is worked on anew',
    async (key, _when, point) => {
      const before = new Set(
        (await rowsOf<{ id: string }>(rig.database.url, 'SELECT id FROM request')).map(({ id }) => id),
      );
      failpoints.light(point, 'exit');
      await askAndDie(key);
      const answer = await insist(key);
      const rows = await rowsOf<{ id: string; status: string }>(rig.database.url, 'SELECT id, status FROM request');
      const fresh = rows.filter(({ id }) => !before.has(id));
      expect(fresh.map(({ status }) => status)).toContain('abandoned');
      expect(fresh.filter(({ status }) => status === 'completed')).toEqual([
        { id: answer.json['id'], status: 'completed' },
      ]);
    },
  );

  it('F04: killed after COMPLETED commits, before it sends, the key brings the stored answer', async () => {
    const before = await requests();
    failpoints.light('gateway.after-complete', 'exit');
    await askAndDie('f04');
    const answer = await ask(rig.caller(1), 'f04');
    expectSameAnswer(answer, await ask(rig.caller(), 'f04'));
    expect(await requests()).toBe(before + 1);
  });

  it('F05: told to end under load, it answers what it has taken in, and exits 0', async () => {
    failpoints.light('gateway.before-complete', 'delay');
    const before = await requests();
    const asked = Array.from({ length: 8 }, () => ask(rig.caller()));
    await until('all are accepted', async () => (await requests()) === before + asked.length);
    const [gateway] = rig.gateways;
    const status = ends('the drain', gateway!.stop(), 40_000);
    expect((await Promise.all(asked)).map((reply) => reply.status)).toEqual(asked.map(() => 200));
    expect(await status).toBe(0);
    await gateway!.start();
  });

  it('F06: its event loop blocked, it does not say that it lives; its peer serves, and nothing is lost', async () => {
    failpoints.light('gateway.after-accept', 'block');
    const blocked = ask(rig.caller());
    await until('the gateway stands still', async () => {
      const alive = rig.caller().call('/livez', { authorization: null, signal: AbortSignal.timeout(500) });
      return alive.then(
        () => false,
        () => true,
      );
    });
    expect((await ask(rig.caller(1))).status).toBe(200);
    expect((await blocked).status).toBe(200);
  });

  it('F08: an error that nobody foresaw ends the request on record, and nothing but the request', async () => {
    const { pid } = rig.gateways[0]!;
    failpoints.light('gateway.after-accept', 'throw');
    const reply = await ask(rig.caller());
    expect([reply.status, reply.json['code']]).toEqual([500, 'internal']);
    expect(await rig.caller().events(String(reply.headers.get('x-request-id')))).toEqual(['accepted', 'failed']);
    expect(rig.gateways[0]!.pid).toBe(pid);
    expect((await ask(rig.caller())).status).toBe(200);
  });

  it('F09: two gateways get the same key at once: one inference, one answer', async () => {
    const before = await requests();
    const replies = await Promise.all([0, 1, 0, 1].map((gateway) => ask(rig.caller(gateway), 'f09')));
    for (const reply of replies) expectSameAnswer(replies[0]!, reply);
    expect(await requests()).toBe(before + 1);
  });
});
