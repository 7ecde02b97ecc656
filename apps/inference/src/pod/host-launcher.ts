import type { ModelPackage } from '@medserve/engines';
import { ServingError, toServingError } from '@medserve/errors';
import { guessLoad, learnLoadMs, type LoadExpectation, type Resident } from '@medserve/serving';
import type { PodLimits } from '../settings';
import type { HostPool } from './host-pool';
import type { ModelHost } from './model-host';
import { RunningHost } from './running-host';

/** So many unasked deaths within the span, and the model counts as broken for a while instead of being started again. */
const MAX_DEATHS = 3;
const DEATHS_SPAN_MS = 60_000;
const DIED_TOO_OFTEN = 'The process of the model died again and again.';

export interface LauncherContext {
  readonly pool: HostPool;
  readonly limits: PodLimits;
  /** A launch has begun or ended. */
  readonly onChange: () => void;
  readonly onStarted: (host: ModelHost, loadMs: number) => void;
  readonly onFailed: (host: ModelHost) => void;
}

interface Failure {
  readonly error: ServingError;
  readonly retryAtMs: number;
}

interface Launch {
  readonly sinceMs: number;
  readonly expectedBytes: number;
}

/** Starts the hosts of one package, and remembers how that went: what another package takes or lacks says nothing about it. */
export class HostLauncher {
  private readonly launching = new Map<ModelHost, Launch>();
  private latest: Failure | undefined;
  private deaths: readonly number[] = [];
  private learnedMs: number | undefined;
  private learnedBytes: number | undefined;
  private cancellation: ServingError | undefined;

  constructor(private readonly context: LauncherContext) {}

  /** Since when a launch is under way; absent: none is. */
  get sinceMs(): number | undefined {
    return this.launching.values().next().value?.sinceMs;
  }

  /** Resident memory of what is being loaded, in bytes. */
  get heldBytes(): number {
    return [...this.launching.keys()].reduce((sum, host) => sum + host.residentBytes, 0);
  }

  /** Why there should be no launch just now. */
  get failure(): Failure | undefined {
    return this.latest && performance.now() < this.latest.retryAtMs ? this.latest : undefined;
  }

  /** The most that the latest host was seen to hold; 0: none ever ran. */
  get measuredBytes(): number {
    return this.learnedBytes ?? 0;
  }

  residents(key: string): Resident[] {
    return [...this.launching].map(([host, { sinceMs, expectedBytes }]) => {
      const bytes = Math.max(expectedBytes, host.residentBytes);
      return { key, bytes, lastUsedAtMs: sinceMs, busy: true, pinned: false };
    });
  }

  expect(modelPackage: ModelPackage): LoadExpectation {
    const guess = guessLoad(modelPackage.stamps.reduce((sum, { size }) => sum + size, 0));
    return { loadMs: this.learnedMs ?? guess.loadMs, bytes: this.learnedBytes ?? guess.bytes };
  }

  measured(peakBytes: number): void {
    this.learnedBytes = peakBytes;
  }

  /**
   * A host with the package loaded, of the pod's pool.
   *
   * @param warm whether it runs once before it serves.
   * @throws ServingError `model_broken` when it cannot be loaded; what `cancel` was told.
   */
  async launch(modelPackage: ModelPackage, warm: boolean): Promise<RunningHost> {
    this.cancellation = undefined;
    const { pool, onChange, onStarted, onFailed } = this.context;
    const sinceMs = performance.now();
    for (;;) {
      const host = pool.take();
      this.launching.set(host, { sinceMs, expectedBytes: this.expect(modelPackage).bytes });
      queueMicrotask(onChange);
      try {
        const running = await this.load(host, modelPackage, warm);
        const loadMs = performance.now() - sinceMs;
        this.learnedMs = learnLoadMs(this.learnedMs, loadMs);
        this.latest = undefined;
        onStarted(host, loadMs);
        return running;
      } catch (thrown) {
        const cancellation = this.cancelledWith();
        if (cancellation) throw cancellation;
        const error = toServingError(thrown);
        // Killed from outside, for memory say: not the package's fault until it happens again and again.
        const lasting = error.reason === 'unavailable' ? this.died() : this.failed(error);
        if (!lasting) continue;
        onFailed(host);
        throw lasting;
      } finally {
        this.launching.delete(host);
        pool.taken();
        onChange();
      }
    }
  }

  /** Ends what is under way, whose callers get `error`. */
  cancel(error: ServingError): void {
    if (this.launching.size === 0) return;
    this.cancellation = error;
    for (const host of this.launching.keys()) host.kill();
  }

  /** Notes that a host ended unasked. @returns why no other is to be started now, when that was too often. */
  died(): ServingError | undefined {
    const now = performance.now();
    this.deaths = [...this.deaths.filter((at) => now - at < DEATHS_SPAN_MS), now];
    if (this.deaths.length <= MAX_DEATHS) return undefined;
    this.deaths = [];
    return this.failed(new ServingError('model_broken', DIED_TOO_OFTEN));
  }

  private cancelledWith(): ServingError | undefined {
    return this.cancellation;
  }

  private failed(error: ServingError): ServingError {
    this.latest = { error, retryAtMs: performance.now() + this.context.limits.retryPauseMs };
    return error;
  }

  private async load(host: ModelHost, modelPackage: ModelPackage, warm: boolean): Promise<RunningHost> {
    const { maxQueue, loadTimeoutMs } = this.context.limits;
    const order = { package: modelPackage.ref, known: modelPackage, maxQueue, warm, timeoutMs: loadTimeoutMs };
    const serving = await Promise.race([host.load(order), this.outgrown(host)]);
    if (serving.digest === modelPackage.digest) return new RunningHost(host, serving);
    host.kill();
    throw new ServingError('model_broken', 'The package was changed while the pod was running.');
  }

  /** Kills the host when it takes too much before it serves, and rejects then; does not settle otherwise. */
  private outgrown(host: ModelHost): Promise<never> {
    const { maxHostBytes } = this.context.limits;
    return new Promise((_, reject) => {
      host.onReport = () => {
        if (host.residentBytes <= maxHostBytes) return;
        const limit = `memory of a model host: ${String(maxHostBytes)} bytes`;
        reject(new ServingError('model_broken', 'The model needs more memory than its host may have.', { limit }));
        host.kill();
      };
    });
  }
}
