import { noopInstruments } from '@medserve/runtime';
import { observePools } from './observe-pools';

describe('the metrics of pools', () => {
  async function valuesOf(instruments: ReturnType<typeof noopInstruments>, name: string) {
    const metrics = await instruments.collect();
    return metrics.find((metric) => metric.name === `medserve_pool_${name}`)?.values ?? [];
  }

  it('begin at zero, so that the first event of a pool is a rise', async () => {
    const instruments = noopInstruments();
    const replicas = { ready: 0, starting: 0, draining: 0 };
    observePools(instruments).onPools([{ pool: 'ct', queuedSlots: 0, runningSlots: 0, oldestWaitMs: 0, replicas }]);
    expect(await valuesOf(instruments, 'cold_starts_total')).toMatchObject([{ labels: { pool: 'ct' }, value: 0 }]);
    const requests = await valuesOf(instruments, 'requests_total');
    expect(requests).toHaveLength(4 * 5);
    expect(requests.every(({ value }) => value === 0)).toBe(true);
  });

  it('say what is asked of each and how its requests end, and are gone with the pool', async () => {
    const instruments = noopInstruments();
    const observer = observePools(instruments);
    const replicas = { ready: 2, starting: 1, draining: 0 };
    observer.onPools([{ pool: 'ct', queuedSlots: 3, runningSlots: 8, oldestWaitMs: 1_500, replicas }]);
    observer.onPoolWaited('ct', 'stat', 0.2);
    observer.onPoolEnded('ct', 'stat', 'answered', 0.5);
    observer.onPoolEnded('ct', 'stat', 'refused', 0.5);
    observer.onPoolEnded('ct', 'stat', 'refused', 0.5);
    observer.onColdRequest('ct');
    observer.onColdStart('ct', 40);
    const labels = { pool: 'ct' };
    expect(await valuesOf(instruments, 'oldest_wait_seconds')).toMatchObject([{ labels, value: 1.5 }]);
    expect(await valuesOf(instruments, 'replicas')).toMatchObject([
      { labels: { state: 'ready' }, value: 2 },
      { labels: { state: 'starting' }, value: 1 },
      { labels: { state: 'draining' }, value: 0 },
    ]);
    const ended = (await valuesOf(instruments, 'requests_total')).filter(({ value }) => value > 0);
    expect(ended).toMatchObject([
      { labels: { outcome: 'answered', class: 'stat' }, value: 1 },
      { labels: { outcome: 'refused' }, value: 2 },
    ]);
    expect(await valuesOf(instruments, 'cold_starts_total')).toMatchObject([{ labels, value: 1 }]);
    observer.onPoolGone('ct');
    for (const { name, values } of await instruments.collect())
      if (name.startsWith('medserve_pool_')) expect([name, values]).toEqual([name, []]);
  });
});
