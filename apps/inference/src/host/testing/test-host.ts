import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { AnyTensor } from '@medserve/clinical';
import {
  decodeFrame,
  decodeResult,
  encodeRequest,
  errorOf,
  FrameStreamClient,
  MODEL_HOST_INFER,
  tensorOf,
  type DispatchRequest,
  type DispatchResult,
} from '@medserve/rpc';
import type { FromHost, HostFigures, HostServing, ToHost } from '../messages';

/** Compiled: a host is a bare Node process. */
const HOST_ENTRY = join(__dirname, '..', '..', '..', 'dist', 'bundle', 'host', 'host-main.js');

export interface AskOptions extends Partial<DispatchRequest> {
  readonly signal?: AbortSignal;
  readonly onPhase?: (phase: string) => void;
}

/** A real model host without an agent, and a caller of it. */
export class TestHost {
  private count = 0;
  private readonly listeners = new Set<(message: FromHost) => void>();
  private readonly stream: FrameStreamClient;

  private constructor(
    private readonly child: ChildProcess,
    readonly serving: HostServing,
  ) {
    this.stream = new FrameStreamClient({
      address: serving.address,
      method: MODEL_HOST_INFER,
      maxInFlight: 1_000,
      patienceMs: 1_000,
    });
    child.on('message', (message: FromHost) => {
      for (const listener of [...this.listeners]) listener(message);
    });
  }

  /** @param folder of a package. @throws Error with what the host says is wrong with it. */
  static async launch(folder: string, { maxQueue = 100, warm = false } = {}): Promise<TestHost> {
    const child = fork(HOST_ENTRY, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.send({ kind: 'load', package: { layout: 'medserve', folder }, maxQueue, warm } satisfies ToHost);
    const serving = await new Promise<HostServing>((resolve, reject) => {
      // One listener for all: of two messages that come in one read, `once` would hear the first only.
      child.on('message', (message: FromHost) => {
        if (message.kind === 'serving') resolve(message);
        if (message.kind === 'failed') reject(new Error(message.detail));
      });
    }).catch((error: unknown) => {
      child.kill('SIGKILL');
      throw error;
    });
    const host = new TestHost(child, serving);
    await host.stream.connect();
    return host;
  }

  /** @throws ServingError as the host gave it */
  async ask(tensors: readonly AnyTensor[], options: AskOptions = {}): Promise<DispatchResult> {
    const { signal, onPhase, ...more } = options;
    this.count += 1;
    const id = `request-${String(this.count)}`;
    const request: DispatchRequest = {
      id,
      tenant: 'clinic',
      class: 'routine',
      deadlineMs: 60_000,
      input: { kind: 'tensors', tensors },
      ...more,
    };
    const onProgress = (bytes: Buffer): void => {
      const { body } = decodeFrame(bytes);
      if (body?.$case === 'progress') onPhase?.(body.value.phase);
    };
    const bytes = await this.stream.exchange(id, encodeRequest(request, onPhase !== undefined), { signal, onProgress });
    const frame = decodeFrame(bytes);
    if (frame.body?.$case === 'failure') throw errorOf(frame.body.value);
    if (frame.body?.$case !== 'response') throw new Error('no last frame');
    const result = decodeResult(frame.body.value, frame);
    const tensorsOf = result.tensors?.map((tensor) => tensorOf({ ...tensor, shape: [...tensor.shape] }, tensor.bytes));
    return { ...result, ...(tensorsOf ? { tensors: tensorsOf } : {}) } as DispatchResult;
  }

  /** Asks something and resolves when it runs; what comes of it comes as `answer`. */
  async begin(tensors: readonly AnyTensor[], options: AskOptions = {}): Promise<{ answer: Promise<DispatchResult> }> {
    return new Promise((resolve, reject) => {
      const answer: Promise<DispatchResult> = this.ask(tensors, {
        ...options,
        onPhase: (phase) => {
          if (phase === 'running') resolve({ answer });
        },
      });
      answer.catch(reject);
    });
  }

  /** The first report from now on that is accepted. */
  report(accept: (figures: HostFigures) => boolean): Promise<HostFigures> {
    return new Promise((resolve) => {
      const listener = (message: FromHost): void => {
        if (message.kind !== 'report' || !accept(message)) return;
        this.listeners.delete(listener);
        resolve(message);
      };
      this.listeners.add(listener);
    });
  }

  /** Resolves when the host has ended. */
  async drain(handBack = false): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.send({ kind: 'drain', handBack } satisfies ToHost);
    await exited;
  }

  async close(): Promise<void> {
    this.stream.close();
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }
}
