import { Histogram, Registry } from 'prom-client';
import { bucketOf, restoreHistogram } from './kept-histogram';

const histogram = () =>
  new Histogram({ name: 'h', help: 'h', labelNames: ['site'], buckets: [0.5, 1, 10], registers: [new Registry()] });

it('a histogram that was kept goes on as if nothing had happened', async () => {
  const [before, after] = [histogram(), histogram()];
  const values = [0.1, 0.5, 0.7, 5, 99];
  const buckets: Record<string, number> = {};
  for (const value of values) {
    before.observe({ site: 'north' }, value);
    const bucket = bucketOf(after, value);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  restoreHistogram(after, { site: 'south' }, { buckets: { '1': 3 }, sum: 2.5 });
  restoreHistogram(after, { site: 'north' }, { buckets, sum: values.reduce((sum, value) => sum + value, 0) });
  for (const one of [before, after]) one.observe({ site: 'north' }, 0.6);
  const north = async (one: ReturnType<typeof histogram>) =>
    (await one.get()).values.filter(({ labels }) => labels.site === 'north');
  expect(await north(after)).toEqual(await north(before));
  expect((await after.get()).values).toContainEqual(expect.objectContaining({ metricName: 'h_count', value: 3 }));
});
