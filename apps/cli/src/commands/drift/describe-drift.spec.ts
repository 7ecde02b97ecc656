import { DRIFT_PLAN, DriftSeries } from '@medserve/serving';
import type { JudgedBin, MonitorSeriesRow, MonitorTotal } from '@medserve/storage';
import { bars, describeDrift } from './describe-drift';
import { readDrift } from './read-drift';

const CELL = { model: 'organ', version: '1', site: 'north', scanner: 'ge:signa' };

function row(signal: string, values: readonly (number | string)[], verdict: unknown = null): MonitorSeriesRow {
  const series = DriftSeries.fresh({ ...DRIFT_PLAN, referenceSamples: 100 });
  for (const value of values) series.observe(value);
  return { ...CELL, signal, state: series.snapshot(), verdict };
}

const rising = Array.from({ length: 100 }, (_, at) => at);
const VERDICT = { psi: 1.25, psiThreshold: 0.1, ks: 0.5, ksThreshold: 0.2, hasDrifted: true };

const read = (series: MonitorSeriesRow[], totals: MonitorTotal[] = [], judged: JudgedBin[] = []) =>
  readDrift({
    series: () => Promise.resolve(series),
    totals: () => Promise.resolve(totals),
    judged: () => Promise.resolve(judged),
  });

describe('medserve drift', () => {
  it('shows what drifted, by how much, where the answers fall now; and what is learnt still', async () => {
    const text = describeDrift(
      await read([
        row('score', [...rising, ...rising.map((at) => at / 2)], VERDICT),
        row('input_mean', rising.slice(0, 30)),
        row('input_sd', [...rising, 7]),
      ]),
    );
    expect(text).toContain('organ:1\n');
    expect(text).toMatch(/north {2}ge:signa {2}score +DRIFTED +\S+ +100 \/ 100 +1\.25 > 0\.10 +0\.50 > 0\.20\n/);
    expect(text).toMatch(/input_mean +learns \(30\)\n/);
    expect(text).toMatch(/input_sd +waits +\S+ +1 \/ 100\n/);
  });

  it('draws half a bar where nothing moved, and whole and empty ones where everything did', () => {
    const even = new Array<number>(20).fill(5);
    expect(bars({ reference: even, window: even })).toBe('▄'.repeat(10));
    const low = even.map((_, at) => (at < 4 ? 25 : 0));
    expect(bars({ reference: even, window: low })).toBe(`██${'▁'.repeat(8)}`);
    expect(bars({ reference: [0, 10, 0], window: [0, 0, 10] })).toBe('▁█');
    expect(bars({ reference: [0, 10, 0], window: [10, 0, 0] })).toBe('█▁');
  });

  it('tells how often a model held back and was overridden where, and how its scores agree with people', async () => {
    const total = (what: string, value: number): MonitorTotal => ({ name: 'places', labels: { ...CELL, what }, value });
    const { model, version, site } = CELL;
    const text = describeDrift(
      await read(
        [],
        [total('answered', 90), total('abstained', 10), total('attested', 3), total('overridden', 1)],
        [{ model, version, site, bin: 9, count: 40, scoreSum: 38, right: 30 }],
      ),
    );
    expect(text).toMatch(/north {2}ge:signa +100 +10\.0 % +4 +25\.0 %\n/);
    expect(text).toMatch(/north +40 +0\.200 +\d\.\d{3} to \d\.\d{3}\n/);
  });

  it('says so where there is nothing', async () => {
    expect(describeDrift(await read([]))).toBe('nothing was watched yet\n');
  });
});
