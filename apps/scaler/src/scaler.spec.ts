import { demandOf } from '@medserve/testkit';
import { fleetText, Harness, POOL } from './testing/harness';

const SECOND = 1_000;
const OK = 0;

/** A pool that was asked for so many slots in every second of the last two minutes. */
const busy = (slots: number, change: object = {}) =>
  demandOf(POOL, {
    active: true,
    queuedSlots: slots,
    recent: Array.from({ length: 120 }, () => slots),
    ...change,
  });

describe('the scaler', () => {
  let harness: Harness;
  beforeEach(() => {
    harness = new Harness();
    harness.describe(fleetText());
  });
  afterEach(() => harness.end());

  it('answers no question about demand until every router was heard, and tells its targets all the same', async () => {
    const [one, other] = [await harness.router(), await harness.router()];
    const scaler = await harness.scaler([one.address, other.address]);
    const keda = harness.keda(scaler);
    const activity = keda.activity();
    one.tell(busy(8));

    await harness.heard(scaler, ({ pools }) => pools[0]?.queuedSlots === 8);
    await expect(keda.isActive()).rejects.toMatchObject({ reason: 'unavailable' });
    await expect(keda.getMetrics()).rejects.toMatchObject({ reason: 'unavailable' });
    expect(await keda.getMetricSpec()).toEqual({
      metricSpecs: [{ metricName: 'medserve-slots', targetSize: 3, targetSizeFloat: 3.2 }],
    });
    expect(activity.messages).toEqual([]);

    other.tell(demandOf(POOL));
    expect(await activity.until(1)).toEqual([{ result: true }]);
    expect(await keda.isActive()).toBe(true);
  });

  it('adds up what all routers are asked, and so do its brothers', async () => {
    const [one, other] = [await harness.router(), await harness.router()];
    one.tell(busy(8));
    other.tell(busy(7));
    const scalers = [
      await harness.scaler([one.address, other.address]),
      await harness.scaler([other.address, one.address]),
    ];
    for (const scaler of scalers) {
      await harness.demandIs(scaler, 15);
      harness.clock.pass(SECOND);
    }
    const metrics = await Promise.all(scalers.map((scaler) => harness.keda(scaler).getMetrics()));
    expect(metrics[0]).toEqual(metrics[1]);
    const [value] = metrics[0]?.metricValues ?? [];
    expect(Math.ceil((value?.metricValueFloat ?? 0) / 3.2)).toBe(5);
    expect(value?.metricValue).toBe(15);
  });

  it('is itself again after a restart, with the first words of the routers', async () => {
    const router = await harness.router();
    router.tell(busy(16, { readyReplicas: 5 }));
    const before = await harness.scaler([router.address]);
    await harness.demandIs(before, 16);
    const told = await harness.keda(before).getMetrics();
    await before.close();

    const after = await harness.scaler([router.address]);
    await harness.demandIs(after, 16);
    expect(await harness.keda(after).getMetrics()).toEqual(told);
  });

  it('tells a stream at once, at the edge, and every ten seconds while nothing serves', async () => {
    const router = await harness.router();
    router.tell(demandOf(POOL));
    const scaler = await harness.scaler([router.address]);
    const activity = harness.keda(scaler).activity();
    expect(await activity.until(1)).toEqual([{ result: false }]);

    router.tell(busy(1));
    await activity.until(2);
    harness.clock.pass(9 * SECOND);
    await harness.keda(scaler).getMetricSpec();
    expect(activity.messages).toEqual([{ result: false }, { result: true }]);
    harness.clock.pass(SECOND);
    await activity.until(3);

    router.tell(busy(1, { readyReplicas: 1 }));
    await harness.heard(scaler, ({ pools }) => pools[0]?.readyReplicas === 1);
    harness.clock.pass(15 * SECOND);
    router.tell(demandOf(POOL, { idleMs: 40 * SECOND, readyReplicas: 1 }));
    await harness.demandIs(scaler, 0);
    await harness.keda(scaler).getMetricSpec();
    expect(activity.messages).toEqual([{ result: false }, { result: true }, { result: true }]);
  });

  it('ends every stream well when it closes', async () => {
    const router = await harness.router();
    router.tell(demandOf(POOL));
    const scaler = await harness.scaler([router.address]);
    const keda = harness.keda(scaler);
    const streams = [keda.activity(), keda.specs()];
    for (const stream of streams) await stream.until(1);
    await scaler.close();
    expect(await Promise.all(streams.map(({ ended }) => ended))).toEqual([OK, OK]);
  });

  it('refuses a trigger that names no pool, or none of the fleet, and says which field it is', async () => {
    const router = await harness.router();
    const scaler = await harness.scaler([router.address]);
    await expect(harness.keda(scaler, {}).getMetricSpec()).rejects.toMatchObject({
      reason: 'invalid_request',
      field: 'scalerMetadata.pool',
      message: 'The metadata of the trigger has no field "pool".',
    });
    const unknown = harness.keda(scaler, { pool: 'elsewhere' });
    await expect(unknown.isActive()).rejects.toMatchObject({ reason: 'not_found', field: 'scalerMetadata.pool' });
    expect(await unknown.activity().ended).not.toBe(OK);
  });

  it('knows no other metric than its own', async () => {
    const router = await harness.router();
    const keda = harness.keda(await harness.scaler([router.address]));
    await expect(keda.getMetrics('s0-medserve-slots')).rejects.toMatchObject({ field: 'metricName' });
  });

  it('takes up another description of the fleet, and tells the streams of targets', async () => {
    const router = await harness.router();
    router.tell(busy(8));
    const scaler = await harness.scaler([router.address]);
    await harness.demandIs(scaler, 8);
    const specs = harness.keda(scaler).specs();
    await specs.until(1);

    harness.describe('pools: none');
    harness.clock.pass(2 * SECOND);
    harness.describe(fleetText({ slots: 2 }));
    harness.clock.pass(2 * SECOND);
    const told = await specs.until(2);
    expect(told.map(({ metricSpecs }) => metricSpecs[0]?.targetSizeFloat)).toEqual([3.2, 1.6]);
    // What was asked before is not forgotten: 8 slots are 5 replicas of 1.6.
    const { metricValues } = await harness.keda(scaler).getMetrics();
    expect(Math.ceil((metricValues[0]?.metricValueFloat ?? 0) / 1.6)).toBe(5);
  });

  it('hears a router again that was away', async () => {
    const router = await harness.router();
    router.tell(busy(8));
    const scaler = await harness.scaler([router.address]);
    await harness.demandIs(scaler, 8);
    await router.close();
    const back = await harness.router(router.port);
    back.tell(busy(3));
    await harness.demandIs(scaler, 3);
  });
});
