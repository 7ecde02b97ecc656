import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GenerationDelta, Tensor } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import {
  decodeFrame,
  decodeResult,
  encodeRequest,
  errorOf,
  FrameStreamClient,
  MODEL_HOST_INFER,
  PodClient,
  tensorOf,
  type CatalogueEntry,
  type DispatchRequest,
  type ModelKey,
} from '@medserve/rpc';
import { silentLogger } from '@medserve/runtime';
import type { HostEvent, InferencePodSettings } from '../../settings';
import { startInferencePod, type InferencePod } from '../start-inference-pod';

export const ENSURE = { deadlineMs: 100_000 };

export const vector = (...values: number[]): Tensor => ({
  name: 'x',
  datatype: 'FP32',
  shape: [values.length],
  data: Float32Array.from(values),
});

type Ask = Partial<DispatchRequest> & {
  readonly signal?: AbortSignal | undefined;
  readonly onPhase?: (phase: string) => void;
  readonly onDelta?: (delta: GenerationDelta) => void;
};

/** A whole pod with real hosts on a repository of its own, and what a router does with it. */
export class TestPod {
  private readonly closers: (() => void)[] = [];
  private readonly streams = new Map<string, FrameStreamClient>();
  private count = 0;

  private constructor(
    readonly repository: string,
    private readonly pod: InferencePod,
    readonly client: PodClient,
    readonly events: readonly HostEvent[],
  ) {}

  /** @param fill writes the packages. */
  static async start(
    fill: (repository: string) => Promise<void>,
    settings: Partial<InferencePodSettings> = {},
  ): Promise<TestPod> {
    const repository = await mkdtemp(join(tmpdir(), 'medserve-pod-test-'));
    await fill(repository);
    const events: HostEvent[] = [];
    const pod = await startInferencePod({
      listen: { host: '127.0.0.1', port: 0 },
      repositories: [repository],
      logger: silentLogger,
      onHostEvent: (event) => events.push(event),
      ...settings,
    });
    return new TestPod(repository, pod, new PodClient(pod.address), events);
  }

  /** What became of hosts so far. */
  kinds(): HostEvent['kind'][] {
    const told = this.events.map(({ kind }) => kind);
    return told.filter((kind) => kind !== 'measured' && kind !== 'wrote' && kind !== 'traced');
  }

  /** Resolves with the first catalogue that the predicate accepts. */
  catalogue(accept: (models: readonly CatalogueEntry[]) => boolean = () => true): Promise<readonly CatalogueEntry[]> {
    return new Promise((resolve) => {
      const watch = this.client.watch((told) => {
        if (!told || !accept(told.models)) return;
        resolve(told.models);
        setImmediate(() => {
          watch.close();
        });
      });
    });
  }

  /** Resolves when the catalogue has a version of the model in this state. */
  async reaches(name: string, state: CatalogueEntry['state']): Promise<CatalogueEntry | undefined> {
    const found = (models: readonly CatalogueEntry[]) =>
      models.find((model) => model.name === name && model.state === state);
    return found(await this.catalogue((models) => found(models) !== undefined));
  }

  connect(address: string): FrameStreamClient {
    const stream = new FrameStreamClient({ address, method: MODEL_HOST_INFER, maxInFlight: 100, patienceMs: 0 });
    this.closers.push(() => {
      stream.close();
    });
    return stream;
  }

  async ask(stream: FrameStreamClient, tensors: Tensor[], { signal, onPhase, onDelta, ...more }: Ask = {}) {
    const id = `r${String((this.count += 1))}`;
    const request = {
      id,
      tenant: 't',
      class: 'routine',
      deadlineMs: 100_000,
      input: { kind: 'tensors', tensors },
      wantsDeltas: onDelta !== undefined,
      ...more,
    } as const;
    const onProgress = (bytes: Buffer): void => {
      const { body } = decodeFrame(bytes);
      if (body?.$case === 'progress') onPhase?.(body.value.phase);
      if (body?.$case === 'delta') onDelta?.(JSON.parse(body.value.deltaJson) as GenerationDelta);
    };
    const encoded = encodeRequest(request, onPhase !== undefined);
    const frame = decodeFrame(await stream.exchange(id, encoded, { signal, onProgress }));
    const { body } = frame;
    if (body?.$case === 'failure') throw errorOf(body.value);
    if (body?.$case !== 'response') throw new Error('An answer is neither a response nor a failure.');
    const result = decodeResult(body.value, frame);
    return {
      ...result,
      tensors: result.tensors?.map((tensor) => tensorOf({ ...tensor, shape: [...tensor.shape] }, tensor.bytes)),
    };
  }

  /** Like a router: keeps its stream to the model's host, and asks the pod again when that says it was not begun. */
  async serve(model: ModelKey, tensors: Tensor[], more: Ask = {}) {
    for (let attempt = 1; ; attempt += 1) {
      const key = `${model.name}:${model.version}`;
      const stream = this.streams.get(key) ?? this.connect(await this.client.ensure(model, ENSURE));
      this.streams.set(key, stream);
      try {
        return await this.ask(stream, tensors, more);
      } catch (error) {
        if (!(error instanceof ServingError) || error.reason !== 'unavailable' || attempt === 2) throw error;
        if (this.streams.get(key) === stream) this.streams.delete(key);
        stream.retire();
      }
    }
  }

  async close(): Promise<void> {
    for (const close of this.closers) close();
    this.client.close();
    await this.pod.close();
    await rm(this.repository, { recursive: true });
  }
}
