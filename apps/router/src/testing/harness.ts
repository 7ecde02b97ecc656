import type { Tensor } from '@medserve/clinical';
import {
  decodeFrame,
  decodeRequest,
  encodeResult,
  RouterClient,
  type CatalogueEntry,
  type CatalogueStatus,
  type DispatchOptions,
  type DispatchRequest,
  type FrameHandler,
} from '@medserve/rpc';
import { silentLogger } from '@medserve/runtime';
import type { RouterSettings } from '../settings';
import { startRouter } from '../start-router';

const vector: Tensor = { name: 'x', datatype: 'FP32', shape: [2], data: Float32Array.of(1, 2) };
/** The same as it arrives. */
export const wire = { name: 'x', datatype: 'FP32', shape: [2], bytes: Buffer.from(Float32Array.of(1, 2).buffer) };

/** A host that gives the tensors back. */
export const echo: FrameHandler = ({ bytes }) => {
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

/** Something that a test waits for. */
export function signpost<T = void>() {
  let reach!: (value: T) => void;
  const reached = new Promise<T>((resolve) => {
    reach = resolve;
  });
  return { reach, reached };
}

/** A host that answers when it is told to: in the order in which requests came to it. */
export class GatedHost {
  /** Ids in the order in which they came. */
  readonly arrived: string[] = [];
  /** Ids whose callers left. */
  readonly left: string[] = [];
  private readonly gates: (() => void)[] = [];
  private readonly watchers = new Set<() => void>();

  readonly handle: FrameHandler = async (request) => {
    this.arrived.push(request.id);
    const gate = signpost();
    this.gates.push(gate.reach);
    request.signal.addEventListener('abort', () => {
      this.left.push(request.id);
      this.changed();
    });
    this.changed();
    await gate.reached;
    return echo(request);
  };

  /** Answers the oldest that it holds. */
  release(): void {
    this.gates.shift()?.();
  }

  /** Resolves when the condition holds, of which every change is told: of several in one turn of the event loop none is passed over. */
  until(condition: (host: this) => boolean): Promise<void> {
    if (condition(this)) return Promise.resolve();
    return new Promise((resolve) => {
      const watcher = (): void => {
        if (!condition(this)) return;
        this.watchers.delete(watcher);
        resolve();
      };
      this.watchers.add(watcher);
    });
  }

  private changed(): void {
    for (const watcher of [...this.watchers]) watcher();
  }
}

/** Routers and clients of one spec, ended after each test in the reverse order of their beginning. */
export class Harness {
  private readonly closers: (() => unknown)[] = [];
  private count = 0;

  add<T extends { close(): unknown }>(part: T): T {
    this.closers.push(() => part.close());
    return part;
  }

  async end(): Promise<void> {
    for (const close of this.closers.splice(0).reverse()) await close();
  }

  /** A router over these pods, and its client once it knows `models` models. */
  async route(pods: readonly { address: string }[], settings: Partial<RouterSettings> = {}, models = 1) {
    const router = this.add(
      await startRouter({
        listen: { host: '127.0.0.1', port: 0 },
        pods: pods.map(({ address }) => address),
        logger: silentLogger,
        ...settings,
      }),
    );
    const client = this.add(new RouterClient(router.address));
    if (models > 0) await this.heard(client, (known) => known.length >= models);
    return client;
  }

  /** The first catalogue that is as wanted. */
  heard(
    client: RouterClient,
    accept: (models: readonly CatalogueEntry[], status: CatalogueStatus) => boolean,
  ): Promise<readonly CatalogueEntry[]> {
    return new Promise((resolve) => {
      this.closers.push(
        client.watchModels((models, status) => {
          if (accept(models, status)) resolve(models);
        }),
      );
    });
  }

  ask(client: RouterClient, change: Partial<DispatchRequest> = {}, options: DispatchOptions = {}) {
    this.count += 1;
    return client.dispatch(
      {
        id: `r${String(this.count)}`,
        tenant: 't',
        model: { name: 'm' },
        class: 'routine',
        deadlineMs: 10_000,
        input: { kind: 'tensors', tensors: [vector] },
        ...change,
      },
      options,
    );
  }
}
