import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Of models that write, by the names of installed models. Totals go on over restarts of a model's process. */
export interface WritingInstruments {
  readonly slots: Gauge<'model'>;
  readonly busySlots: Gauge<'model'>;
  readonly steps: Counter<'model'>;
  readonly rows: Counter<'model'>;
  readonly tokens: Counter<'model' | 'kind'>;
  readonly images: Counter<'model' | 'outcome'>;
  readonly cacheBytes: Gauge<'model'>;
  readonly preempted: Counter<'model'>;
  readonly firstTokenSeconds: Histogram<'model'>;
  readonly tokensPerSecond: Histogram<'model'>;
  /** Of models that servers elsewhere run: every process that asks a pool tells the whole of it, so nothing is added up. */
  readonly poolServers: Gauge<'model' | 'state'>;
  readonly poolRequests: Gauge<'model' | 'state'>;
  readonly poolCacheRatio: Gauge<'model'>;
}

const FIRST_TOKEN_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const TOKENS_PER_SECOND = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000];

export function writingInstruments(registers: Registry[]): WritingInstruments {
  const declared = (name: string, help: string) => ({
    name: `medserve_writing_${name}`,
    help,
    labelNames: ['model'] as const,
    registers,
  });
  return {
    slots: new Gauge(declared('slots', 'Answers that a model can write at once')),
    busySlots: new Gauge(declared('busy_slots', 'Answers that a model is writing')),
    steps: new Counter(declared('steps_total', 'Steps of a model, each of one token of every answer under way')),
    rows: new Counter(declared('rows_total', 'Answers of all steps together: by the steps, how full these are')),
    tokens: new Counter({
      ...declared(
        'tokens_total',
        'Tokens of a model: prompt (all of them), cached (of these, taken from an earlier request) and written',
      ),
      labelNames: ['model', 'kind'],
    }),
    images: new Counter({
      ...declared(
        'images_total',
        'Images of prompts whose encoding was kept from an earlier request (hit) or made (miss)',
      ),
      labelNames: ['model', 'outcome'],
    }),
    cacheBytes: new Gauge(declared('cache_bytes', 'Memory of what a model keeps of images and prompts')),
    preempted: new Counter(
      declared('preempted_total', 'Requests that gave their slots to a more urgent one and were begun again'),
    ),
    firstTokenSeconds: new Histogram({
      ...declared('first_token_seconds', 'From the start of an answer to its first token'),
      buckets: FIRST_TOKEN_SECONDS,
    }),
    tokensPerSecond: new Histogram({
      ...declared('tokens_per_second', 'Tokens a second of an answered request, after its first'),
      buckets: TOKENS_PER_SECOND,
    }),
    poolServers: new Gauge({
      ...declared('pool_servers', 'Servers of the pool that runs a model: serving, draining, or gone'),
      labelNames: ['model', 'state'],
      aggregator: 'max',
    }),
    poolRequests: new Gauge({
      ...declared(
        'pool_requests',
        'Requests of all callers that the servers of a pool say they have: running, waiting',
      ),
      labelNames: ['model', 'state'],
      aggregator: 'max',
    }),
    poolCacheRatio: new Gauge({
      ...declared('pool_cache_ratio', 'Share of the key-value cache in use of the fullest server of a pool, 0 to 1'),
      aggregator: 'max',
    }),
  };
}
