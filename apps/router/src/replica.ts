import { ServingError } from '@medserve/errors';
import { FrameStreamClient, MODEL_HOST_INFER, type CatalogueEntry, type ModelKey } from '@medserve/rpc';
import {
  adapt,
  boundsOf,
  eject,
  firstConcurrency,
  isOutlier,
  learnLoadMs,
  observeOutcome,
  UNSUSPECTED,
  type OutlierRecord,
  type OutlierRules,
  type ServingState,
} from '@medserve/serving';
import type { ScalingPool } from './demand/scaling-pool';
import type { Member } from './member';
import type { Startable } from './startable';

/** Weight of the latest answer in the learned latency. */
const LATEST = 0.1;
const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 30_000;
/** The pod bounds the loading itself; the requests that wait leave by their own deadlines. */
const ENSURE_DEADLINE_MS = 600_000;

/** A host that a replica is connected to. */
export interface Host {
  readonly stream: FrameStreamClient;
  /** Requests sent there and not answered. */
  inFlight: number;
}

/** One model on one pod: the stream to its host, and what was learned from its answers. */
export class Replica implements Startable {
  digest = '';
  state: ServingState = 'cold';
  capacity = 1;
  latencyMs = 0;
  /** The one that gets the requests; one before it may still be answering. */
  host: Host | undefined;
  private listed = false;
  private wasReady = false;
  private opening: { readonly sinceMs: number } | undefined;
  private told = 0;
  private learned: number | undefined;
  private bounds;
  private concurrency;
  private outlier: OutlierRecord = UNSUSPECTED;
  private failedOpenings = 0;
  private openAgainAtMs = 0;
  private closed = false;
  /** Of a pod that is not one of the fleet any more: until its last answer. */
  private leaving: FrameStreamClient | undefined;

  constructor(
    private readonly member: Member,
    private readonly model: ModelKey,
    private readonly maxInFlight: number,
    /** Whose demand it serves. */
    public scaling: ScalingPool,
  ) {
    this.bounds = boundsOf(1, 0, maxInFlight);
    this.concurrency = firstConcurrency(this.bounds);
  }

  get pod(): string {
    return this.member.address;
  }

  get podHash(): number {
    return this.member.hash;
  }

  get reachable(): boolean {
    return this.listed && !this.closed && this.member.reachable && !this.member.draining;
  }

  get isDraining(): boolean {
    return this.listed && this.member.draining && this.member.reachable;
  }

  /** Whether its pod, which can be heard, has not got the model, or not any more. */
  get isWithout(): boolean {
    return !this.listed && this.member.settled;
  }

  /** Whether nothing runs there any more, after `retire`. */
  get isOver(): boolean {
    return this.leaving === undefined || this.leaving.inFlight === 0;
  }

  get link(): Startable['link'] {
    if (this.opening) return 'opening';
    return this.host?.stream.connected === true ? 'up' : 'none';
  }

  get inFlight(): number {
    return this.host?.inFlight ?? 0;
  }

  get limit(): number {
    return Math.floor(this.concurrency.limit);
  }

  get ejectedUntilMs(): number {
    return Math.max(this.outlier.ejectedUntilMs, this.openAgainAtMs);
  }

  get openingSinceMs(): number | undefined {
    return this.opening?.sinceMs;
  }

  /** By the pod, or as seen from here; 0: not known, or nothing is to be loaded. */
  get expectedLoadMs(): number {
    return this.state === 'ready' ? 0 : this.told || (this.learned ?? 0);
  }

  becameReady(): boolean {
    const isReady = this.reachable && this.state === 'ready';
    const became = isReady && !this.wasReady && this.link === 'none';
    this.wasReady = isReady;
    return became;
  }

  /** What the pod says of the model now; `undefined`: nothing. */
  update(entry: CatalogueEntry | undefined): void {
    const isBack = !this.listed;
    this.listed = entry !== undefined;
    if (!entry) return;
    if (isBack) {
      this.failedOpenings = 0;
      this.openAgainAtMs = 0;
    }
    const { digest, state, instances, maxBatchSize, expectedLoadMs } = entry;
    this.digest = digest;
    this.state = state;
    this.told = expectedLoadMs;
    this.capacity = Math.max(1, instances) * Math.max(1, maxBatchSize);
    const bounds = boundsOf(instances, maxBatchSize, this.maxInFlight);
    if (bounds.floor !== this.bounds.floor) {
      this.bounds = bounds;
      this.concurrency = firstConcurrency(bounds);
    }
  }

  async open(): Promise<void> {
    const sinceMs = performance.now();
    const cold = this.state !== 'ready';
    this.opening = { sinceMs };
    this.drop(this.host);
    try {
      this.host = { stream: await this.connect(), inFlight: 0 };
      // What the one before it took says nothing about this one, which may be of another package.
      this.latencyMs = 0;
      if (cold) this.learned = learnLoadMs(this.learned, performance.now() - sinceMs);
      this.failedOpenings = 0;
      this.openAgainAtMs = 0;
    } catch (error) {
      this.failedOpenings += 1;
      this.openAgainAtMs =
        performance.now() + Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (this.failedOpenings - 1));
      throw error;
    } finally {
      this.opening = undefined;
    }
  }

  /** Forgets a host that is gone or leaving once its requests have ended. */
  drop(host: Host | undefined): void {
    host?.stream.retire();
    if (this.host === host) this.host = undefined;
  }

  /** An answer came after `latencyMs`; `refused`: it said that it has no place. */
  learn(latencyMs: number, refused: boolean): void {
    this.concurrency = adapt(this.concurrency, { latencyMs, inFlight: this.inFlight, refused }, this.bounds);
    if (!refused) this.noteLatency(latencyMs);
  }

  /**
   * What says how quick it is, and nothing about how many requests it can have at once: of an answer that is written, how long its
   * beginning took. `undefined`: nobody could tell.
   */
  noteLatency(latencyMs: number | undefined): void {
    if (latencyMs === undefined) return;
    this.latencyMs = this.latencyMs === 0 ? latencyMs : this.latencyMs + LATEST * (latencyMs - this.latencyMs);
  }

  /** @returns whether it behaves so ill that it is to be ejected, if its pool can do without it */
  observe(failed: boolean, nowMs: number, rules: OutlierRules): boolean {
    this.outlier = observeOutcome(this.outlier, failed, nowMs, rules);
    return failed && isOutlier(this.outlier, nowMs, rules);
  }

  eject(nowMs: number, rules: OutlierRules): void {
    this.outlier = eject(this.outlier, nowMs, rules);
  }

  /** Its pod is not one of the fleet any more: nothing is sent there, and what runs there may end. */
  retire(): void {
    this.closed = true;
    this.leaving = this.host?.stream;
    this.drop(this.host);
  }

  close(): void {
    this.closed = true;
    this.leaving?.close();
    this.host?.stream.close();
  }

  private async connect(): Promise<FrameStreamClient> {
    const address = await this.member.client.ensure(this.model, { deadlineMs: ENSURE_DEADLINE_MS });
    const stream = new FrameStreamClient({
      address,
      method: MODEL_HOST_INFER,
      link: this.member.link,
      maxInFlight: this.maxInFlight,
      // A host that is gone is not waited for: the pod knows what became of it.
      patienceMs: 0,
    });
    try {
      await stream.connect();
      if (this.closed) throw new ServingError('unavailable', 'This part of the platform is shutting down.');
      return stream;
    } catch (error) {
      stream.close();
      throw error;
    }
  }
}
