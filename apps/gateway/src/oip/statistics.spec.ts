import { ServingError, type Reason } from '@medserve/errors';
import { mergeMetrics, noopInstruments } from '@medserve/runtime';
import { catalogueEntry } from '@medserve/testkit';
import { LiveCatalogue } from '../infer/live-catalogue';
import type { Dispatched, Dispatcher, DispatchOrder } from '../infer/ports';
import { observedDispatcher } from './observed-dispatcher';
import { InferenceStatistics } from './statistics';

const NOW_MS = 1_700_000_000_000;
const order: DispatchOrder = {
  id: 'r',
  tenant: 't',
  model: { name: 'net' },
  class: 'routine',
  deadlineMs: 1_000,
  inputs: [],
  input: { kind: 'tensor-bytes', tensors: [] },
};
const done = (rows: number, batchRows: number, leads: boolean): Dispatched => ({
  task: 'infer',
  model: { name: 'net', version: '2', digest: '' },
  engine: 'onnx',
  timings: { queue: 1, preprocess: 2, run: 3, read: 4 },
  batch: { rows, batchRows, leads },
});

function setUp(dispatch: Dispatcher['dispatch']) {
  const catalogue = new LiveCatalogue(new Date(0));
  const net = ['1', '2'].map((version) => catalogueEntry('net', { version, residentBytes: 1_000 }));
  catalogue.update(
    [...net, catalogueEntry('broken', { state: 'broken' }), catalogueEntry('away', { state: 'unloaded' })],
    { complete: true },
  );
  const instruments = noopInstruments();
  const statistics = new InferenceStatistics({ catalogue, instruments, now: () => NOW_MS });
  const dispatcher = observedDispatcher({ dispatch }, statistics);
  const ask = () => dispatcher.dispatch(order, { signal: new AbortController().signal });
  const metric = async (name: string) => {
    const page = await mergeMetrics([await instruments.collect()]);
    return page.split('\n').filter((line) => line.startsWith(`nv_${name}{`));
  };
  return { statistics, ask, metric };
}

describe('the statistics of a model', () => {
  it('count requests, their rows and the runs that answered them', async () => {
    const shares = [done(1, 3, true), done(2, 3, false), done(3, 3, true)];
    const { statistics, ask, metric } = setUp(() => Promise.resolve(shares.shift() ?? done(1, 1, true)));
    for (let request = 0; request < 3; request += 1) await ask();
    const [net] = statistics.read('net', '2');
    expect(net).toMatchObject({
      name: 'net',
      version: '2',
      lastInferenceMs: NOW_MS,
      inferenceCount: 6,
      executionCount: 2,
      success: { count: 3 },
      fail: { count: 0, ns: 0 },
      queue: { count: 3, ns: 3_000_000 },
      computeInput: { count: 3, ns: 6_000_000 },
      computeInfer: { count: 3, ns: 9_000_000 },
      computeOutput: { count: 3, ns: 12_000_000 },
      batches: [{ rows: 3, computeInfer: { count: 2, ns: 6_000_000 } }],
      memoryBytes: 1_000,
    });
    const labels = '{model="net",version="2"}';
    expect(await metric('inference_request_success')).toEqual([`nv_inference_request_success${labels} 3`]);
    expect(await metric('inference_count')).toEqual([`nv_inference_count${labels} 6`]);
    expect(await metric('inference_exec_count')).toEqual([`nv_inference_exec_count${labels} 2`]);
    expect(await metric('inference_compute_infer_duration_us')).toEqual([
      `nv_inference_compute_infer_duration_us${labels} 9000`,
    ]);
    expect(await metric('inference_pending_request_count')).toEqual([`nv_inference_pending_request_count${labels} 0`]);
  });

  it.each<[Reason, string]>([
    ['inference_failed', 'BACKEND'],
    ['overloaded', 'REJECTED'],
    ['deadline_exceeded', 'REJECTED'],
    ['cancelled', 'CANCELED'],
    ['invalid_request', 'OTHER'],
  ])('count what failed by %s as a failure, and not as an inference', async (reason, kind) => {
    const { statistics, ask, metric } = setUp(() => Promise.reject(new ServingError(reason, 'No.')));
    await expect(ask()).rejects.toMatchObject({ reason });
    const [net] = statistics.read('net', '2');
    expect(net).toMatchObject({ inferenceCount: 0, success: { count: 0 }, fail: { count: 1 }, lastInferenceMs: 0 });
    expect(await metric('inference_request_failure')).toEqual([
      `nv_inference_request_failure{model="net",version="2",reason="${kind}"} 1`,
    ]);
  });

  it('count a kept answer as a request that ran nothing', async () => {
    const { statistics, ask } = setUp(() => Promise.resolve({ ...done(1, 0, false), cache: 'hit' }));
    await ask();
    statistics.looked({ name: 'net', version: '2' }, 'hit', 0.5);
    expect(statistics.read('net', '2')).toMatchObject([
      {
        success: { count: 1 },
        inferenceCount: 0,
        executionCount: 0,
        queue: { count: 0 },
        cacheHit: { count: 1, ns: 500_000 },
      },
    ]);
  });

  it('have an entry for every version that is served, asked or not', () => {
    const { statistics } = setUp(() => Promise.resolve(done(1, 1, true)));
    expect(statistics.read(undefined, undefined).map(({ name, version }) => `${name}:${version}`)).toEqual([
      'net:1',
      'net:2',
    ]);
    expect(statistics.read('net', undefined)).toHaveLength(2);
    expect(() => statistics.read('nope', undefined)).toThrow(
      expect.objectContaining({ reason: 'model_not_found' }) as Error,
    );
  });

  it.each([
    ['away', undefined, 'model_unloaded'],
    ['away', '1', 'model_unloaded'],
    ['broken', undefined, 'model_broken'],
  ])('of %s that are none say why, by the version %s too', (name, version, reason) => {
    const { statistics } = setUp(() => Promise.resolve(done(1, 1, true)));
    expect(() => statistics.read(name, version)).toThrow(expect.objectContaining({ reason }) as Error);
  });
});
