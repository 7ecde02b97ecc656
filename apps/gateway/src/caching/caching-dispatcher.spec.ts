import { Sensitive } from '@medserve/clinical';
import type { Dispatched, DispatchOrder } from '../infer/ports';
import { CachingDispatcher, type CachedModel } from './caching-dispatcher';

const MODEL = { name: 'organ', version: '1', digest: 'sha256:1' };
const SIGNAL = new AbortController().signal;

const order = (change: Partial<DispatchOrder> = {}): DispatchOrder => ({
  id: 'r',
  tenant: 'clinic',
  class: 'routine',
  deadlineMs: 1_000,
  model: { name: 'organ' },
  inputs: ['aa'],
  input: {
    kind: 'tensor-bytes',
    tensors: [{ name: 'x', datatype: 'FP32', shape: [1], bytes: new Uint8Array(4) }],
  },
  ...change,
});

describe('a dispatcher that keeps answers', () => {
  let now = 0;
  let runs: DispatchOrder[] = [];
  let looks: string[] = [];
  let answeredBy = MODEL;
  const make = (modelOf: CachedModel = () => MODEL) =>
    new CachingDispatcher({
      dispatcher: {
        dispatch: (asked) => {
          runs.push(asked);
          const done: Dispatched = {
            task: '',
            model: answeredBy,
            engine: 'fake',
            timings: { queue: 1, preprocess: 2, run: 3, read: 4 },
            batch: { rows: 1, batchRows: 4, leads: true },
            tensors: [{ name: 'y', datatype: 'FP32', shape: [1], bytes: Uint8Array.of(runs.length, 0, 0, 0) }],
            decision: '{}',
          };
          return Promise.resolve(done);
        },
      },
      modelOf,
      limits: { maxBytes: 1 << 20, maxEntryBytes: 1 << 16, maxAgeMs: 60_000 },
      observer: { looked: (_model, outcome) => looks.push(outcome), changed: () => undefined },
      now: () => now,
    });
  beforeEach(() => {
    now = 0;
    runs = [];
    looks = [];
    answeredBy = MODEL;
  });

  it('answers the same question from what it kept, with no run and none of its times', async () => {
    const dispatcher = make();
    const first = await dispatcher.dispatch(order(), { signal: SIGNAL });
    const second = await dispatcher.dispatch(order({ id: 's', class: 'stat' }), { signal: SIGNAL });
    expect(runs).toHaveLength(1);
    expect([first.cache, second.cache]).toEqual(['miss', 'hit']);
    expect(second).toMatchObject({
      tensors: first.tensors,
      timings: { queue: 0, preprocess: 0, run: 0, read: 0 },
      batch: { rows: 1, batchRows: 0, leads: false },
    });
    expect(second.decision).toBeUndefined();
    expect(looks).toEqual(['miss', 'hit']);
  });

  it.each<[string, Partial<DispatchOrder>]>([
    ['another tenant', { tenant: 'other' }],
    ['other bytes', { inputs: ['bb'] }],
    ['other outputs', { outputs: ['y'] }],
    ['other parameters', { parameters: { threshold: 1 } }],
    ['another question', { question: 'where?' }],
    ['another patient', { patientKey: new Sensitive('p2') }],
    [
      'the same bytes in another shape',
      {
        input: {
          kind: 'tensor-bytes',
          tensors: [{ name: 'x', datatype: 'FP32', shape: [1, 1], bytes: new Uint8Array(4) }],
        },
      },
    ],
  ])('runs the model for %s', async (_what, change) => {
    const dispatcher = make();
    await dispatcher.dispatch(order(), { signal: SIGNAL });
    await dispatcher.dispatch(order(change), { signal: SIGNAL });
    expect(runs).toHaveLength(2);
  });

  it('keeps nothing of a model that does not allow it', async () => {
    const dispatcher = make(() => undefined);
    await dispatcher.dispatch(order(), { signal: SIGNAL });
    const again = await dispatcher.dispatch(order(), { signal: SIGNAL });
    expect(runs).toHaveLength(2);
    expect(again.cache).toBeUndefined();
  });

  it('runs each of two models whose files are the same', async () => {
    let asked = MODEL;
    const dispatcher = make(() => asked);
    await dispatcher.dispatch(order(), { signal: SIGNAL });
    asked = answeredBy = { ...MODEL, name: 'copy' };
    const other = await dispatcher.dispatch(order(), { signal: SIGNAL });
    expect([other.cache, other.model.name]).toEqual(['miss', 'copy']);
  });

  it('keeps nothing when another model answered than the one that the key stands for', async () => {
    const dispatcher = make();
    answeredBy = { ...MODEL, digest: 'sha256:2' };
    await dispatcher.dispatch(order(), { signal: SIGNAL });
    await dispatcher.dispatch(order(), { signal: SIGNAL });
    expect(runs).toHaveLength(2);
  });

  it.each([
    ['patient', { patientKey: new Sensitive('p1') }],
    ['model', { model: 'organ' }],
  ])('keeps no answer that is purged by its %s while it is made', async (_by, purge) => {
    const dispatcher = make();
    const first = dispatcher.dispatch(order({ patientKey: new Sensitive('p1') }), { signal: SIGNAL });
    dispatcher.purge('other', purge);
    dispatcher.purge('clinic', purge);
    await first;
    await dispatcher.dispatch(order({ patientKey: new Sensitive('p1') }), { signal: SIGNAL });
    expect(runs).toHaveLength(2);
  });

  it('keeps an answer of one patient though another is purged while it is made', async () => {
    const dispatcher = make();
    const first = dispatcher.dispatch(order({ patientKey: new Sensitive('p1') }), { signal: SIGNAL });
    dispatcher.purge('clinic', { patientKey: new Sensitive('p2') });
    await first;
    await dispatcher.dispatch(order({ patientKey: new Sensitive('p1') }), { signal: SIGNAL });
    expect(runs).toHaveLength(1);
  });

  it('forgets a patient, or a model, of the tenant who says so', async () => {
    const dispatcher = make();
    await dispatcher.dispatch(order({ patientKey: new Sensitive('p1') }), { signal: SIGNAL });
    await dispatcher.dispatch(order({ patientKey: new Sensitive('p2'), inputs: ['bb'] }), { signal: SIGNAL });
    expect(dispatcher.purge('other', { patientKey: new Sensitive('p1') })).toBe(0);
    expect(dispatcher.purge('clinic', { patientKey: new Sensitive('p1') })).toBe(1);
    expect(dispatcher.purge('clinic', { model: 'organ' })).toBe(1);
    await dispatcher.dispatch(order(), { signal: SIGNAL });
    expect(runs).toHaveLength(3);
  });
});
