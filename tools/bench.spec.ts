import { DATA, frame, frameReader, headersFrame } from '../bench/lib/load/http2-frames.mjs';
import { atLeast, atMost, figure, isContested, ratio, timesBaseline, verdictOf } from '../bench/lib/figures.mjs';
import { readOptions } from '../bench/lib/options.mjs';
import { quantity, range } from '../bench/lib/report/format.mjs';
import { htmlPage } from '../bench/lib/report/page.mjs';
import { barPlot } from '../bench/lib/report/plots.mjs';
import { countVerdicts, scenarioText } from '../bench/lib/report/text.mjs';
import { median, quantile, quantileCurve } from '../bench/lib/statistics.mjs';
import { runStream, steadyRate } from '../bench/lib/load/run-stream.mjs';

describe('the statistics of the bench', () => {
  it('takes a quantile by nearest rank, whatever the order', () => {
    expect(quantile([5, 1, 4, 2, 3], 0.5)).toBe(3);
    expect(quantile([10, 2], 0.99)).toBe(10);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it('takes the middle of an even number of rounds between the two in the middle', () => {
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([3, 1, 2])).toBe(2);
  });

  it('ends a curve where fewer than one sample would lie beyond it', () => {
    const shares = quantileCurve(Array.from({ length: 100 }, (_, index) => index)).map(([share]: number[]) => share);
    expect(Math.max(...shares)).toBe(0.99);
  });
});

const throughput = ratio({
  label: 'net <b>',
  target: atLeast(0.9),
  measured: { unit: '1/s', rounds: [90, 95, 80] },
  baseline: { label: 'raw', unit: '1/s', rounds: [100, 100, 100] },
});

describe('a figure', () => {
  it('is a ratio round by round, not of the medians', () => {
    const uneven = ratio({
      label: '',
      measured: { unit: '1/s', rounds: [10, 40] },
      baseline: { label: '', unit: '1/s', rounds: [20, 40] },
    });
    expect(uneven.rounds).toEqual([0.5, 1]);
    expect(throughput).toMatchObject({ median: 0.9, min: 0.8, max: 0.95 });
  });

  it('meets its target by its median, and says when other rounds would not', () => {
    expect(verdictOf(throughput)).toBe('met');
    expect(isContested(throughput)).toBe(true);
    expect(verdictOf(figure({ label: '', unit: 'ms', rounds: [2, 3], target: atMost(2) }))).toBe('missed');
  });

  it('that could not be taken is neither met nor missed', () => {
    expect(verdictOf(figure({ label: '', unit: 'ms', rounds: [], target: atMost(2) }))).toBe('unknown');
    expect(verdictOf(figure({ label: '', unit: 'ms', rounds: [1] }))).toBe('none');
  });

  it('is compared with a baseline in its own unit only', () => {
    const time = figure({ label: '', unit: 'ms', rounds: [6], baseline: { label: '', unit: 'ms', rounds: [2] } });
    expect(timesBaseline(time)).toBe(3);
    expect(timesBaseline(throughput)).toBeNaN();
  });

  it('is written with the digits that count', () => {
    expect([0.01234, 0.912, 4.5, 34.14, 4210].map((value) => quantity(value, 'ms'))).toEqual([
      '0.0123 ms',
      '0.912 ms',
      '4.50 ms',
      '34.1 ms',
      '4,210 ms',
    ]);
    expect(range(throughput)).toBe('0.800 - 0.950');
  });
});

const scenario = {
  name: 'net',
  title: 'A net & its baseline',
  shows: 'what it shows',
  status: 'measured',
  groups: [{ title: 'Throughput', figures: [throughput] }],
  curves: [
    {
      title: 'Curve',
      unit: 'ms',
      curves: [
        {
          label: 'a',
          points: [
            [0, 1],
            [0.5, 2],
            [0.9, 4],
          ],
        },
      ],
    },
  ],
  conditions: { seconds: 12, loadAverage: 1, strangersShare: 0.4 },
};

describe('the report', () => {
  it('tells as text what was measured against what, the verdict, and a noisy machine', () => {
    const text = scenarioText(scenario);
    expect(text).toMatch(/0\.900x +0\.800 - 0\.950 +≥ 0\.900x +met, not in every round +90\.0\/s +100\/s raw/);
    expect(text).toContain('others 40 % of the machine: NOISE');
  });

  it('tells why a scenario was not measured', () => {
    expect(scenarioText({ ...scenario, groups: [], status: 'skipped', reason: 'no Python' })).toContain(
      'skipped: no Python',
    );
  });

  it('counts the targets over all scenarios', () => {
    expect(countVerdicts([scenario, { name: 'skipped' }])).toEqual({ met: 1, missed: 0, unknown: 0 });
  });

  it('is a page that asks nothing of anybody and takes no label for markup', () => {
    const run = {
      at: '2026-01-01T00:00:00Z',
      machine: { cores: 2, processor: 'x', memoryGb: 1, system: 'linux', node: '24' },
      options: { quick: false, shape: 'split' },
      scenarios: [scenario],
    };
    const page = htmlPage(run);
    expect(page).not.toMatch(/https?:|<script|<link|<img|url\(|@import/);
    expect(page).toContain('net &lt;b&gt;');
    expect(page).toContain('A net &amp; its baseline');
    expect(page.match(/<svg /g)).toHaveLength(2);
  });

  it('draws a bar, the rounds and the target of every figure', () => {
    const plot = barPlot({ title: 'Throughput', unit: 'x', figures: [throughput, throughput] });
    expect(plot.match(/class="bar met"/g)).toHaveLength(2);
    expect(plot.match(/class="round"/g)).toHaveLength(6);
    expect(plot.match(/class="target-line"/g)).toHaveLength(2);
    expect(plot).not.toContain('NaN');
  });

  it('draws bars to both sides of zero', () => {
    const plot = barPlot({ title: '', unit: '%', figures: [figure({ label: 'a', unit: '%', rounds: [-20, 5] })] });
    expect(plot).not.toContain('NaN');
    expect(plot).toContain('>-20<');
  });
});

describe('the options', () => {
  const names = ['one', 'two'];

  it('run every scenario in both ways unless told otherwise', () => {
    expect(readOptions([], names)).toMatchObject({ only: names, records: ['on', 'off'], shape: 'split', quick: false });
    expect(readOptions(['--only', 'two', '--record', 'off'], names)).toMatchObject({ only: ['two'], records: ['off'] });
  });

  it.each([
    [['--only', 'three'], 'no scenario three'],
    [['--shape', 'round'], '--shape has to be one of'],
    [['--rounds', '0'], '--rounds has to be'],
    [['--fast'], '--fast'],
  ])('refuse %j in words', (argv, words) => {
    expect(() => readOptions(argv, names)).toThrow(words);
  });
});

describe('the load', () => {
  it('keeps a closed loop at its number of callers and counts failures by reason', async () => {
    let running = 0;
    let most = 0;
    let calls = 0;
    const call = async (): Promise<object> => {
      most = Math.max(most, (running += 1));
      await Promise.resolve();
      running -= 1;
      calls += 1;
      return calls === 3 ? { ms: 1, failure: 'overloaded' } : { ms: 2, serverTiming: 'accept;dur=0.5, total;dur=1.5' };
    };
    const result = await runStream({ call, inFlight: 4, count: 10, forMs: 60_000 });
    expect(most).toBe(4);
    expect(result).toMatchObject({ sent: 10, done: 9, failures: { overloaded: 1 } });
    expect([...result.phases.accept]).toEqual(Array(9).fill(0.5));
  });

  it('counts as throughput what ended between the ramp and the end', () => {
    const ends = [5, 50, 150, 500, 999, 1000, 1001, 1400].map((endMs) => ({ endMs }));
    expect(steadyRate(ends, 1_000)).toBeCloseTo(4 / 0.9);
  });

  it('reads frames however they are cut', () => {
    const frames: unknown[] = [];
    const read = frameReader((type: number, flags: number, stream: number, payload: Buffer) =>
      frames.push([type, flags, stream, payload.toString()]),
    );
    const bytes = Buffer.concat([frame(DATA, 1, 3, Buffer.from('hello')), frame(DATA, 0, 5, Buffer.alloc(0))]);
    for (const byte of bytes) read(Buffer.from([byte]));
    expect(frames).toEqual([
      [DATA, 1, 3, 'hello'],
      [DATA, 0, 5, ''],
    ]);
  });

  it('writes header fields as literals, long ones too', () => {
    const value = 'v'.repeat(200);
    const block = headersFrame({ name: value }).subarray(9);
    // 0, length 4, "name", then 127 + 73 in two bytes (RFC 7541, section 5.1).
    expect([...block.subarray(0, 8)]).toEqual([0, 4, ...Buffer.from('name'), 127, 73]);
    expect(block.subarray(8).toString()).toBe(value);
  });
});
