import { createInstruments } from '../instruments';
import { mergeMetrics, type CollectedMetrics } from './exposition';
import { KeptCounts } from './kept-counts';

const HOUR_MS = 3_600_000;

describe('the counts of processes that come and go', () => {
  let nowMs: number;
  let kept: KeptCounts;
  beforeEach(() => {
    nowMs = 0;
    kept = new KeptCounts(() => nowMs);
  });

  const process = () => createInstruments({ processMetrics: false });
  const counted = (tokens: number, model = 'm') => {
    const one = process();
    one.writing.tokens.inc({ model, kind: 'written' }, tokens);
    return one;
  };
  const asJson = async (one: ReturnType<typeof process>): Promise<CollectedMetrics> =>
    JSON.parse(JSON.stringify(await one.collect())) as CollectedMetrics;
  const tell = async (name: string, one: ReturnType<typeof process>) => kept.add(name, await asJson(one));
  const lines = async (start: string) =>
    (await mergeMetrics([kept.collect()])).split('\n').filter((line) => line.startsWith(start));
  const tokens = async () => (await lines('medserve_writing_tokens_total')).map((line) => Number(line.split(' ')[1]));

  it('are added up, and stay when a process leaves, and are counted once when it is back', async () => {
    const [a, b] = [counted(10_000), counted(10_000)];
    await tell('a', a);
    await tell('b', b);
    expect(await tokens()).toEqual([20_000]);
    await tell('a', a);
    expect(await tokens()).toEqual([20_000]);
    a.writing.tokens.inc({ model: 'm', kind: 'written' }, 5);
    b.writing.tokens.inc({ model: 'm', kind: 'written' }, 7);
    await tell('a', a);
    await tell('b', b);
    expect(await tokens()).toEqual([20_012]);
  });

  it('go on when a process begins anew under its name', async () => {
    await tell('a', counted(100));
    await tell('a', counted(3));
    expect(await tokens()).toEqual([103]);
    await tell('a', process());
    expect(await tokens()).toEqual([103]);
    await tell('a', counted(1));
    expect(await tokens()).toEqual([104]);
  });

  it('are of histograms whole, of which the sum may fall', async () => {
    const observed = (...seconds: number[]) => {
      const one = process();
      for (const value of seconds) one.writing.firstTokenSeconds.observe({ model: 'm' }, value);
      return one;
    };
    const part = async (name: string) => (await lines(`medserve_writing_first_token_seconds_${name}`)).at(-1);
    const one = observed(0.25, 0.25);
    await tell('a', one);
    one.writing.firstTokenSeconds.observe({ model: 'm' }, -0.25);
    await tell('a', one);
    expect(await part('sum')).toMatch(/ 0\.25$/);
    expect(await part('count')).toMatch(/ 3$/);
    await tell('a', observed(20));
    expect(await part('sum')).toMatch(/ 20\.25$/);
    expect(await part('count')).toMatch(/ 4$/);
    expect(await part('bucket{le="10"')).toMatch(/ 3$/);
    expect(await part('bucket{le="+Inf"')).toMatch(/ 4$/);
  });

  it('keep the newest exemplar of a bucket', async () => {
    const one = process();
    one.phaseSeconds.observe({ phase: 'accept' }, 0.002, 'a'.repeat(32));
    await tell('a', one);
    const text = await mergeMetrics([kept.collect()], 'openmetrics');
    expect(text).toContain(`# {trace_id="${'a'.repeat(32)}"} 0.002`);
  });

  it('leave what is true of the moment to who asks', async () => {
    const one = counted(1);
    one.writing.slots.set({ model: 'm' }, 4);
    const rest = await tell('a', one);
    expect(rest.map(({ name }) => name)).toContain('medserve_writing_slots');
    expect(rest.map(({ name }) => name)).not.toContain('medserve_writing_tokens_total');
    expect(await lines('medserve_writing_slots')).toEqual([]);
  });

  it('are forgotten an hour after any process spoke of them, and no sooner', async () => {
    await tell('a', counted(10));
    await tell('b', counted(20, 'other'));
    nowMs = HOUR_MS;
    expect(await tokens()).toEqual([10, 20]);
    await tell('b', counted(21, 'other'));
    nowMs += 1;
    expect(await tokens()).toEqual([21]);
  });

  it('of processes long silent stay, though the processes are forgotten', async () => {
    for (let index = 0; index < 150; index++) await tell(String(index), counted(1));
    expect(await tokens()).toEqual([150]);
    for (let index = 0; index < 150; index++) await tell(String(index), counted(1));
    expect(await tokens()).toEqual([150]);
    nowMs = 2 * HOUR_MS;
    await tell('new', counted(1));
    expect(await tokens()).toEqual([151]);
    await tell('149', counted(1));
    expect(await tokens()).toEqual([151]);
    await tell('0', counted(1));
    expect(await tokens()).toEqual([152]);
  });
});
