import { noopInstruments } from '@medserve/runtime';
import type { WritingFigures } from './host/messages';
import { countWriting, forgetWriting } from './writing-metrics';

const figuresOf = (change: Partial<WritingFigures['stats']>, rest: Partial<WritingFigures> = {}): WritingFigures => ({
  stats: {
    slots: 4,
    busySlots: 0,
    steps: 0,
    rows: 0,
    promptTokens: 0,
    cachedTokens: 0,
    writtenTokens: 0,
    imageHits: 0,
    imageMisses: 0,
    cacheBytes: 0,
    ...change,
  },
  preempted: 0,
  answers: [],
  ...rest,
});

describe('the metrics of models that write', () => {
  const instruments = noopInstruments();
  const event = { kind: 'wrote', model: 'm', isServing: true } as const;
  const values = async (): Promise<Record<string, number>> => {
    const found: Record<string, number> = {};
    for (const metric of await instruments.collect()) {
      for (const { value, labels, metricName } of metric.values as {
        value: number;
        labels: object;
        metricName?: string;
      }[]) {
        const { model, ...rest } = labels as { model?: string };
        if (model !== 'm' || !metric.name.startsWith('medserve_writing_')) continue;
        found[[metricName ?? metric.name, ...Object.values(rest)].join(' ').replace('medserve_writing_', '')] = value;
      }
    }
    return found;
  };

  it('count what was done since the report before, and show what is', async () => {
    const first = figuresOf({ steps: 10, rows: 30, writtenTokens: 30, busySlots: 3, cacheBytes: 100 });
    countWriting({ ...event, figures: first, since: undefined }, instruments);
    const second = figuresOf(
      { steps: 15, rows: 40, writtenTokens: 40, imageHits: 2, busySlots: 1, cacheBytes: 50 },
      { preempted: 1, answers: [{ firstTokenMs: 20, tokensPerSecond: 30 }] },
    );
    countWriting({ ...event, figures: second, since: first }, instruments);
    expect(await values()).toMatchObject({
      slots: 4,
      busy_slots: 1,
      steps_total: 15,
      rows_total: 40,
      'tokens_total written': 40,
      'images_total hit': 2,
      preempted_total: 1,
      cache_bytes: 50,
      first_token_seconds_count: 1,
      first_token_seconds_sum: 0.02,
      tokens_per_second_sum: 30,
    });
  });

  it('show the servers of a pool, as far as they tell', async () => {
    const pool = { serving: 2, draining: 0, gone: 1, running: 5, cacheUsage: 0.25 };
    countWriting({ ...event, figures: figuresOf({ pool }), since: figuresOf({}) }, instruments);
    const shown = await values();
    expect(shown).toMatchObject({
      'pool_servers serving': 2,
      'pool_servers gone': 1,
      'pool_requests running': 5,
      pool_cache_ratio: 0.25,
    });
    expect(shown).not.toHaveProperty('pool_requests waiting');
    forgetWriting('m', instruments);
    expect(Object.keys(await values()).filter((name) => name.startsWith('pool_'))).toEqual([]);
  });

  it('do not show a host that another took the place of, and none that is gone', async () => {
    countWriting({ ...event, isServing: false, figures: figuresOf({ busySlots: 4 }), since: undefined }, instruments);
    expect(await values()).not.toHaveProperty('busy_slots', 4);
    forgetWriting('m', instruments);
    expect(await values()).not.toHaveProperty('busy_slots');
    expect(await values()).toMatchObject({ steps_total: 15 });
  });
});
