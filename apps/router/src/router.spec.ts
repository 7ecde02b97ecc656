import type { Tensor } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import {
  decodeFrame,
  decodeRequest,
  encodeResult,
  RouterClient,
  type CatalogueEntry,
  type DispatchOptions,
  type DispatchRequest,
  type FrameHandler,
  type IncomingRequest,
} from '@medserve/rpc';
import { silentLogger } from '@medserve/runtime';
import { catalogueEntry, startFakePod, type FakePod } from '@medserve/testkit';
import type { RouterSettings } from './settings';
import { startRouter } from './start-router';

const vector: Tensor = { name: 'x', datatype: 'FP32', shape: [2], data: Float32Array.of(1, 2) };
/** The same as it arrives. */
const wire = { name: 'x', datatype: 'FP32', shape: [2], bytes: Buffer.from(Float32Array.of(1, 2).buffer) };

/** A host that gives the tensors back. */
const echo: FrameHandler = ({ bytes }) => {
  const { id, input } = decodeRequest(decodeFrame(bytes));
  const tensors = input.kind === 'tensors' ? input.tensors : [];
  return Promise.resolve(
    encodeResult(id, {
      tensors,
      task: '',
      model: { name: 'm', version: '1', digest: '' },
      engine: 'fake',
      timings: {},
      batch: { rows: 1, batchRows: 1, leads: true },
    }),
  );
};

function signpost<T>() {
  let reach!: (value: T) => void;
  const reached = new Promise<T>((resolve) => {
    reach = resolve;
  });
  return { reach, reached };
}

describe('the router', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  async function pod(
    handle: FrameHandler = echo,
    models = [catalogueEntry('m')],
    onEnsure?: (name: string) => Promise<void> | void,
  ) {
    const fake = await startFakePod({ models, handle, ...(onEnsure && { onEnsure }) });
    closers.push(() => fake.close());
    return fake;
  }
  async function route(pods: readonly FakePod[], settings: Partial<RouterSettings> = {}): Promise<RouterClient> {
    const router = await startRouter({
      listen: { host: '127.0.0.1', port: 0 },
      pods: pods.map(({ address }) => address),
      logger: silentLogger,
      ...settings,
    });
    closers.push(() => router.close());
    const client = new RouterClient(router.address);
    closers.push(() => {
      client.close();
    });
    await heard(client, (models) => models.length > 0);
    return client;
  }
  const heard = (client: RouterClient, accept: (models: readonly CatalogueEntry[]) => boolean) =>
    new Promise<readonly CatalogueEntry[]>((resolve) => {
      closers.push(
        client.watchModels((models) => {
          if (accept(models)) resolve(models);
        }),
      );
    });
  let count = 0;
  const ask = (client: RouterClient, change: Partial<DispatchRequest> = {}, options: DispatchOptions = {}) =>
    client.dispatch(
      {
        id: `r${String(++count)}`,
        tenant: 't',
        model: { name: 'm' },
        class: 'routine',
        deadlineMs: 10_000,
        input: { kind: 'tensors', tensors: [vector] },
        ...change,
      },
      options,
    );

  it('brings a request to a host and the answer back, with progress on the way', async () => {
    const client = await route([await pod()]);
    const phases: string[] = [];
    const result = await ask(client, {}, { onProgress: (phase) => phases.push(phase) });
    expect(result.tensors).toEqual([wire]);
    expect(phases).toEqual(['loading']);
    expect(client.ready()).toBe(true);
  });

  it.each<[string, Partial<DispatchRequest>, string]>([
    ['an unknown model', { model: { name: 'nope' } }, 'model_not_found'],
    ['a broken model', { model: { name: 'b' } }, 'model_broken'],
    ['an unknown task', { model: undefined, task: 'juggle' }, 'task_not_found'],
    [
      'a task that the modality has not',
      { model: undefined, task: 'classify', modality: 'fundus' },
      'task_not_available',
    ],
  ])('refuses %s', async (_, change, reason) => {
    const serves = [{ task: 'classify', modality: 'radiology', default: true }];
    const client = await route([
      await pod(echo, [catalogueEntry('m', { serves }), catalogueEntry('b', { state: 'broken' })]),
    ]);
    await expect(ask(client, change)).rejects.toMatchObject({ reason });
  });

  it('merges what the pods have and goes to the pod that has the model', async () => {
    const seen: string[] = [];
    const named =
      (name: string): FrameHandler =>
      (request) => {
        seen.push(name);
        return echo(request);
      };
    const pods = await Promise.all([pod(named('a'), [catalogueEntry('a')]), pod(named('b'), [catalogueEntry('b')])]);
    const client = await route(pods);
    await heard(client, (models) => models.length === 2);
    await ask(client, { model: { name: 'b' } });
    await ask(client, { model: { name: 'a' } });
    expect(seen).toEqual(['b', 'a']);
  });

  it('takes the models of a pod that is gone off the list, and does not say that they never were', async () => {
    const [stays, goes] = await Promise.all([pod(echo, [catalogueEntry('a')]), pod(echo, [catalogueEntry('b')])]);
    const client = await route([stays, goes]);
    await heard(client, (models) => models.length === 2);
    await goes.close();
    const left = await heard(client, (models) => models.length === 1);
    expect(left.map(({ name }) => name)).toEqual(['a']);
    await expect(ask(client, { model: { name: 'b' } })).rejects.toMatchObject({ reason: 'unavailable' });
  });

  it('fails a request whose host dies under it, once, and serves the next one', async () => {
    const arrived = signpost<undefined>();
    let stuck = true;
    let begun = 0;
    const fake = await pod((request) => {
      begun += 1;
      arrived.reach(undefined);
      return stuck ? new Promise(() => undefined) : echo(request);
    });
    const client = await route([fake]);
    const lost = ask(client);
    await arrived.reached;
    stuck = false;
    const failed = expect(lost).rejects.toMatchObject({ reason: 'inference_failed' });
    await fake.killHost();
    await failed;
    expect(begun).toBe(1);
    await expect(ask(client)).resolves.toMatchObject({ tensors: [wire] });
  });

  it('sends a request again, once, that the host had not begun', async () => {
    let leaving = true;
    const ensured: string[] = [];
    const handle: FrameHandler = (request) => {
      if (!leaving) return echo(request);
      leaving = false;
      return Promise.reject(new ServingError('unavailable', 'The model is being unloaded.'));
    };
    const client = await route([await pod(handle, undefined, (name) => void ensured.push(name))]);
    await expect(ask(client)).resolves.toMatchObject({ tensors: [wire] });
    expect(ensured).toEqual(['m', 'm']);
  });

  it('asks a pod for a host once, however many wait for it, and each leaves by its own deadline', async () => {
    const loaded = signpost<undefined>();
    let ensured = 0;
    const fake = await pod(echo, undefined, async () => {
      ensured += 1;
      await loaded.reached;
    });
    const client = await route([fake]);
    const patient = [ask(client), ask(client)];
    await expect(ask(client, { deadlineMs: 30 })).rejects.toMatchObject({ reason: 'deadline_exceeded' });
    loaded.reach(undefined);
    await expect(Promise.all(patient)).resolves.toHaveLength(2);
    expect(ensured).toBe(1);
  });

  it('brings the pod’s reason when a model cannot be loaded', async () => {
    const client = await route([
      await pod(echo, undefined, () => {
        throw new ServingError('model_broken', 'It is.', { retryAfterMs: 5_000 });
      }),
    ]);
    await expect(ask(client)).rejects.toMatchObject({ reason: 'model_broken', retryAfterMs: 5_000 });
  });

  it('takes a cancellation to the host', async () => {
    const arrived = signpost<IncomingRequest>();
    const fake = await pod((request) => {
      arrived.reach(request);
      return new Promise(() => undefined);
    });
    const client = await route([fake]);
    const controller = new AbortController();
    const answer = ask(client, {}, { signal: controller.signal });
    const { signal } = await arrived.reached;
    const told = new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
    controller.abort();
    await expect(answer).rejects.toMatchObject({ reason: 'cancelled' });
    await told;
  });

  it('refuses what exceeds its places', async () => {
    const arrived = signpost<undefined>();
    const fake = await pod(() => {
      arrived.reach(undefined);
      return new Promise(() => undefined);
    });
    const client = await route([fake], { maxInFlight: 1 });
    ask(client).catch(() => undefined);
    await arrived.reached;
    await expect(ask(client)).rejects.toMatchObject({ reason: 'overloaded' });
  });

  it('says that it is unavailable when no pod can be reached', async () => {
    const fake = await pod();
    const client = await route([fake]);
    await fake.close();
    await heard(client, (models) => models.length === 0);
    await expect(ask(client)).rejects.toMatchObject({ reason: 'unavailable' });
  });
});
