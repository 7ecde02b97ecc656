import type { ModelPackage } from '@medserve/engines';
import { ServingError } from '@medserve/errors';
import type { CatalogueEntry } from '@medserve/rpc';
import { judgeHost, type Resident } from '@medserve/serving';
import type { HostServing } from '../host/messages';
import type { HostEvent, PodLimits } from '../settings';
import { describeSlot } from './describe-slot';
import { isSamePackage, keyOf, type FoundPackage, type GoodPackage } from './found-package';
import { HostLauncher } from './host-launcher';
import type { HostPool } from './host-pool';
import type { ModelHost } from './model-host';
import type { RunningHost } from './running-host';

export interface SlotContext {
  readonly pool: HostPool;
  readonly limits: PodLimits;
  /** The slot's entry is not what it was. */
  readonly onChange: () => void;
  readonly onHostEvent: (event: HostEvent, host: ModelHost) => void;
  /** Makes room for so many bytes more without touching `slot`. @throws ServingError when there is none. */
  readonly reserve: (slot: ModelSlot, bytes: number) => void;
}

/** A host that says nothing this long is stuck: it reports twice a second from a thread that runs no model. */
const SILENCE_MS = 10_000;
/** For what a leaving host has begun: longer than a run takes; until then its memory is not free. */
const DRAIN_GRACE_MS = 60_000;
/** For what a host with a run beyond its time still has to say: that its waiting requests are to be sent elsewhere. */
const LAST_WORDS_MS = 2_000;

const closedError = (): ServingError => new ServingError('unavailable', 'The pod is shutting down.');
const unloadedError = (): ServingError => new ServingError('model_unloaded', 'The model was unloaded on request.');

/**
 * One model version's place in the pod. At most one host serves it, started once however many ask, and replaced when it dies;
 * while another takes its place there are two, and the one that leaves ends what it has begun.
 */
export class ModelSlot {
  private readonly launcher: HostLauncher;
  private readonly leaving = new Set<Promise<void>>();
  private running: RunningHost | undefined;
  private starting: Promise<RunningHost> | undefined;
  private unloaded = false;
  private closed = false;
  /** What runs could not be started again: its files are gone, and the ones in their place could not be loaded. */
  private irreplaceable = false;

  constructor(
    private found: FoundPackage,
    private readonly pinned: boolean,
    private readonly context: SlotContext,
  ) {
    this.launcher = new HostLauncher({
      ...context,
      onStarted: (host, loadMs) => {
        context.onHostEvent({ kind: 'started', model: this.label, loadMs }, host);
      },
      onFailed: (host) => {
        context.onHostEvent({ kind: 'failed', model: this.label }, host);
      },
    });
  }

  get name(): string {
    return this.found.entry.name;
  }

  get label(): string {
    return this.found.label;
  }

  get serves(): boolean {
    return this.running !== undefined;
  }

  get heldBytes(): number {
    return this.running?.host.report?.residentBytes ?? 0;
  }

  get entry(): CatalogueEntry {
    const { found, launcher, unloaded, serves } = this;
    return describeSlot({ found, launcher, unloaded, serves }, performance.now());
  }

  /** What it holds of the pod's memory. A host that is leaving is not counted: its memory is as good as given back. */
  residents(): Resident[] {
    const { modelPackage, entry } = this.found;
    const key = keyOf(entry);
    const bytes = modelPackage ? this.launcher.expect(modelPackage).bytes : 0;
    const { sinceMs } = this.launcher;
    return [
      ...(this.running ? [this.running.resident(key, bytes, this.pinned || this.irreplaceable)] : []),
      ...(sinceMs === undefined
        ? []
        : [{ key: `${key} next`, bytes, lastUsedAtMs: sinceMs, busy: true, pinned: false }]),
    ];
  }

  /**
   * Where the model is served; starts a host when there is none.
   *
   * @throws ServingError `model_unloaded`; `model_broken` with the time after which it is tried again; `overloaded` without room.
   */
  async ensure(): Promise<HostServing> {
    if (this.unloaded) throw unloadedError();
    const { modelPackage, entry } = this.found;
    if (!modelPackage) throw new ServingError('model_broken', `The package is broken: ${entry.reason}`);
    if (this.running?.host.alive) return this.running.serving;
    const { failure } = this.launcher;
    if (failure) {
      const retryAfterMs = Math.ceil(failure.retryAtMs - performance.now());
      throw new ServingError('model_broken', failure.error.message, { retryAfterMs });
    }
    // The request that asks is the model's first run.
    return (await this.startOnce(modelPackage, false)).serving;
  }

  /**
   * Has a host of `found` ready beside whatever serves now; gives what serves when that is the same.
   *
   * @throws ServingError like `ensure`; what served goes on serving.
   */
  async prepare(found: GoodPackage): Promise<RunningHost> {
    await this.starting?.catch(() => undefined);
    const isSame = isSamePackage(found, this.found);
    if (isSame && this.running?.host.alive) return this.running;
    try {
      return await this.launch(found.modelPackage, true);
    } catch (error) {
      this.irreplaceable = this.serves && !isSame;
      throw error;
    }
  }

  /** Takes into service what was prepared; what served before ends what it has begun. */
  adopt(found: FoundPackage, next: RunningHost): void {
    if (this.closed) {
      this.discard(next);
      return;
    }
    const before = this.running;
    this.found = found;
    this.unloaded = false;
    this.irreplaceable = false;
    if (next !== before) this.serve(next);
    if (before && next !== before) void this.retire(before, { kind: 'replaced', model: this.label });
    this.context.onChange();
  }

  /** Ends what was prepared and is not to be adopted. */
  discard(next: RunningHost): void {
    if (next !== this.running) void this.retire(next, { kind: 'unloaded', model: this.label });
  }

  /** Says from now on what was read; for where nothing serves. */
  describeAs(found: FoundPackage): void {
    this.found = found;
    this.unloaded = false;
    this.context.onChange();
  }

  /** Takes the model out of service until it is adopted again. Resolves when its processes have ended. */
  async unload(): Promise<void> {
    this.unloaded = true;
    this.launcher.cancel(unloadedError());
    await this.goCold({ kind: 'unloaded', model: this.label });
  }

  /** Gives its memory to another model. */
  evict(): void {
    const idleMs = this.running ? performance.now() - this.running.lastUsedAtMs : 0;
    void this.goCold({ kind: 'evicted', model: this.label, idleMs });
  }

  /** Has the host judged by what it last said, and acts on it. */
  check(): void {
    const { running, pinned, launcher, label } = this;
    const { modelPackage } = this.found;
    if (!modelPackage || this.unloaded) return;
    if (pinned && !running && !launcher.failure && launcher.sinceMs === undefined) this.revive(modelPackage);
    const report = running?.host.report;
    if (!running || !report) return;
    launcher.measured(running.measure());
    const rules = {
      idleMs: pinned || this.irreplaceable ? Infinity : modelPackage.manifest.scaling.idleSeconds * 1_000,
      silenceMs: SILENCE_MS,
      maxResidentBytes: this.context.limits.maxHostBytes,
      loadMs: launcher.expect(modelPackage).loadMs,
    };
    const verdict = judgeHost(report, rules, performance.now());
    switch (verdict.kind) {
      case 'keep':
        return;
      case 'unload':
        void this.goCold({ kind: 'unloaded', model: label });
        return;
      case 'replace':
        void this.replace(running, modelPackage);
        return;
      case 'kill':
        this.onDeath(running);
        if (verdict.why === 'overrun') void running.host.drain(LAST_WORDS_MS, true);
        else running.host.kill();
    }
  }

  async close(graceMs: number): Promise<void> {
    this.closed = true;
    this.launcher.cancel(closedError());
    const { running } = this;
    this.running = undefined;
    await Promise.all([running?.host.drain(graceMs), this.starting?.catch(() => undefined), ...this.leaving]);
  }

  private async launch(modelPackage: ModelPackage, warm: boolean): Promise<RunningHost> {
    if (this.closed) throw closedError();
    this.context.reserve(this, this.launcher.expect(modelPackage).bytes);
    return this.launcher.launch(modelPackage, warm);
  }

  private startOnce(modelPackage: ModelPackage, warm: boolean): Promise<RunningHost> {
    this.starting ??= this.start(modelPackage, warm).finally(() => {
      this.starting = undefined;
    });
    return this.starting;
  }

  /** Starts a host that nobody has asked for yet. */
  private revive(modelPackage: ModelPackage): void {
    this.startOnce(modelPackage, true).catch(() => undefined);
  }

  private async start(modelPackage: ModelPackage, warm: boolean): Promise<RunningHost> {
    const next = await this.launch(modelPackage, warm);
    if (this.unloaded || this.closed) {
      this.discard(next);
      throw this.unloaded ? unloadedError() : closedError();
    }
    this.serve(next);
    return next;
  }

  private serve(next: RunningHost): void {
    this.running = next;
    this.launcher.measured(next.measure());
    next.host.onReport = () => {
      this.check();
    };
    void next.host.exited.then(() => {
      if (this.running === next) this.onDeath(next);
    });
    this.context.onChange();
  }

  /** Another host instead of one that is held up by a run for nobody; its waiting requests go there too. */
  private async replace(held: RunningHost, modelPackage: ModelPackage): Promise<void> {
    if (this.launcher.sinceMs !== undefined) return;
    const next = await this.launch(modelPackage, false).catch(() => undefined);
    if (!next) return;
    if (this.running === held) {
      this.serve(next);
      // The host knows whether by now it runs something that somebody waits for: then it ends that first.
      const drain = { graceMs: DRAIN_GRACE_MS, handBack: true };
      void this.retire(held, { kind: 'replaced', model: this.label }, drain);
    } else {
      this.discard(next);
    }
  }

  private onDeath(dead: RunningHost): void {
    this.running = undefined;
    this.context.onHostEvent({ kind: 'died', model: this.label }, dead.host);
    // In its place at once: who uses a model now is likely to go on using it.
    const { modelPackage } = this.found;
    if (!this.launcher.died() && modelPackage) this.revive(modelPackage);
    this.context.onChange();
  }

  private async goCold(event: HostEvent): Promise<void> {
    const { running } = this;
    // At once: whoever asks from now on gets a new host, never one that is leaving.
    this.running = undefined;
    this.context.onChange();
    if (running) await this.retire(running, event);
  }

  private async retire(
    { host }: RunningHost,
    event: HostEvent,
    { graceMs, handBack } = { graceMs: DRAIN_GRACE_MS, handBack: false },
  ): Promise<void> {
    this.context.onHostEvent(event, host);
    const left = host.drain(graceMs, handBack);
    this.leaving.add(left);
    await left;
    this.leaving.delete(left);
  }
}
