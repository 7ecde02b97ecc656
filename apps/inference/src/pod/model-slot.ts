import type { ModelPackage } from '@medserve/engines';
import { ServingError, toServingError } from '@medserve/errors';
import type { CatalogueEntry } from '@medserve/rpc';
import { judgeHost } from '@medserve/serving';
import type { HostServing } from '../host/messages';
import type { HostEvent, PodLimits } from '../settings';
import type { HostPool } from './host-pool';
import type { HostProcess } from './host-process';
import type { FoundPackage } from './packages';

export interface SlotContext {
  readonly pool: HostPool;
  readonly limits: PodLimits;
  /** The slot's entry is not what it was. */
  readonly onChange: () => void;
  readonly onHostEvent: (event: HostEvent, host: HostProcess) => void;
}

interface Running {
  readonly host: HostProcess;
  readonly serving: HostServing;
}

/** A host that says nothing this long is stuck: it reports twice a second from a thread that runs no model. */
const SILENCE_MS = 10_000;
const DRAIN_GRACE_MS = 10_000;
/** So many unasked deaths within the span, and the model counts as broken for a while instead of being started again. */
const MAX_DEATHS = 3;
const DEATHS_SPAN_MS = 60_000;
const DIED_TOO_OFTEN = 'The process of the model died again and again.';

/** One package's place in the pod: at most one host, started once however many ask, replaced when it dies. */
export class ModelSlot {
  private running: Running | undefined;
  private starting: Promise<Running> | undefined;
  private described: Pick<CatalogueEntry, 'inputs' | 'outputs'> = { inputs: [], outputs: [] };
  private failure: { readonly error: ServingError; readonly retryAtMs: number } | undefined;
  private deaths: number[] = [];
  private closed = false;

  constructor(
    private readonly found: FoundPackage,
    private readonly context: SlotContext,
  ) {}

  get entry(): CatalogueEntry {
    const { entry } = this.found;
    if (!this.found.modelPackage) return entry;
    if (this.running) return { ...entry, ...this.described, state: 'ready' };
    if (this.starting) return { ...entry, ...this.described, state: 'loading' };
    if (this.failing())
      return { ...entry, ...this.described, state: 'broken', reason: this.failure?.error.message ?? '' };
    return { ...entry, ...this.described };
  }

  /** Whether it holds, or is about to hold, a process. */
  get occupied(): boolean {
    return this.running !== undefined || this.starting !== undefined;
  }

  get lastUsedAtMs(): number {
    return this.running?.host.report?.lastUsedAtMs ?? performance.now();
  }

  get idle(): boolean {
    return this.running !== undefined && this.running.host.report?.inFlight === 0;
  }

  /** Where the model is served. @throws ServingError `model_broken` with the time after which it is tried again. */
  async ensure(): Promise<HostServing> {
    const { modelPackage, entry } = this.found;
    if (!modelPackage) throw new ServingError('model_broken', `The package is broken: ${entry.reason}`);
    if (this.running?.host.alive) return this.running.serving;
    const now = performance.now();
    if (this.failure && now < this.failure.retryAtMs) {
      throw new ServingError('model_broken', this.failure.error.message, {
        retryAfterMs: Math.ceil(this.failure.retryAtMs - now),
      });
    }
    if (this.closed) throw new ServingError('unavailable', 'The pod is shutting down.');
    this.starting ??= this.start(modelPackage);
    return (await this.starting).serving;
  }

  /** @returns whether a host was running. */
  async unload(): Promise<boolean> {
    const { running } = this;
    if (!running) return false;
    // At once: whoever asks from now on gets a new host, never one that is leaving.
    this.running = undefined;
    this.context.onHostEvent({ kind: 'unloaded', model: this.found.entry.name }, running.host);
    this.context.onChange();
    await running.host.drain(DRAIN_GRACE_MS);
    return true;
  }

  /** Has the host judged by what it last said, and acts on it. */
  check(): void {
    const report = this.running?.host.report;
    if (!this.running || !report) return;
    const idleMs = (this.found.modelPackage?.manifest.scaling.idleSeconds ?? 0) * 1_000;
    const rules = { idleMs, silenceMs: SILENCE_MS, maxResidentBytes: this.context.limits.maxHostBytes };
    switch (judgeHost(report, rules, performance.now()).kind) {
      case 'keep':
        return;
      case 'unload':
        void this.unload();
        return;
      case 'kill':
        this.running.host.kill();
    }
  }

  async close(graceMs: number): Promise<void> {
    this.closed = true;
    const starting = await this.starting?.catch(() => undefined);
    const host = this.running?.host ?? starting?.host;
    this.running = undefined;
    if (host) await host.drain(graceMs);
  }

  private failing(): boolean {
    return this.failure !== undefined && performance.now() < this.failure.retryAtMs;
  }

  private async start(modelPackage: ModelPackage): Promise<Running> {
    const { pool, limits, onChange, onHostEvent } = this.context;
    const { name } = this.found.entry;
    const host = pool.take();
    queueMicrotask(onChange);
    try {
      const serving = await host.load(modelPackage.folder, {
        maxQueue: limits.maxQueue,
        timeoutMs: limits.loadTimeoutMs,
      });
      if (serving.digest !== modelPackage.digest) {
        host.kill();
        throw new ServingError('model_broken', 'The package was changed while the pod was running.');
      }
      const running = { host, serving };
      this.running = running;
      this.failure = undefined;
      this.described = { inputs: serving.inputs, outputs: serving.outputs };
      void host.exited.then(() => {
        this.onExit(running);
      });
      onHostEvent({ kind: 'started', model: name }, host);
      return running;
    } catch (thrown) {
      let error = toServingError(thrown);
      if (error.reason === 'unavailable' && !this.closed) {
        // Killed from outside, for memory say: not the package's fault until it happens again and again.
        const isTooOften = this.diesTooOften();
        if (!isTooOften) return await this.start(modelPackage);
        error = new ServingError('model_broken', DIED_TOO_OFTEN);
      }
      this.failure = { error, retryAtMs: performance.now() + limits.retryPauseMs };
      onHostEvent({ kind: 'failed', model: name }, host);
      throw this.failure.error;
    } finally {
      this.starting = undefined;
      pool.fill();
      onChange();
    }
  }

  private onExit(running: Running): void {
    if (this.running !== running || this.closed) return;
    const { onChange, onHostEvent, limits } = this.context;
    this.running = undefined;
    onHostEvent({ kind: 'died', model: this.found.entry.name }, running.host);
    if (this.diesTooOften()) {
      const error = new ServingError('model_broken', DIED_TOO_OFTEN);
      this.failure = { error, retryAtMs: performance.now() + limits.retryPauseMs };
    } else {
      // In its place at once: who uses a model now is likely to go on using it.
      this.ensure().catch(() => undefined);
    }
    onChange();
  }

  /** Notes one more death; whether there were too many of late. */
  private diesTooOften(): boolean {
    const now = performance.now();
    this.deaths = [...this.deaths.filter((at) => now - at < DEATHS_SPAN_MS), now];
    const isTooOften = this.deaths.length > MAX_DEATHS;
    if (isTooOften) this.deaths = [];
    return isTooOften;
  }
}
