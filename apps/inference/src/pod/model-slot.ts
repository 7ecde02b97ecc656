import { loadPackage, type ModelPackage } from '@medserve/engines';
import { ServingError } from '@medserve/errors';
import { reasonOfBroken, type CatalogueEntry } from '@medserve/rpc';
import { judgeHost, type Resident } from '@medserve/serving';
import type { HostServing, WritingFigures } from '../host/messages';
import type { DeathCause, HostEvent, PodLimits } from '../settings';
import { describeSlot } from './describe-slot';
import { isSamePackage, keyOf, type FoundPackage, type GoodPackage } from './found-package';
import { HostLauncher } from './host-launcher';
import type { HostPool } from './host-pool';
import { LeavingHosts, turnsAway } from './leaving-hosts';
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
  /** See `HostRules`. */
  readonly listeningSinceMs: () => number;
}

/** A host that says nothing this long is stuck: it reports twice a second from a thread that runs no model. */
const SILENCE_MS = 10_000;
/** For what a leaving host has begun: longer than a run takes. */
const DRAIN_GRACE_MS = 60_000;
/** For answers that a leaving host writes, where another has its place already: as long as their callers wait at most. */
const WRITING_GRACE_MS = 600_000;
/** For what a host with a run beyond its time still has to say: that its waiting requests are to be sent elsewhere. */
const LAST_WORDS_MS = 2_000;

const closedError = (): ServingError => new ServingError('unavailable', 'The pod is shutting down.');
const unloadedError = (): ServingError => new ServingError('model_unloaded', 'The model was unloaded on request.');

/** What is to take the place of a slot's package. */
interface Successor {
  readonly found: FoundPackage;
  readonly launcher: HostLauncher;
  /** Loaded and not in service yet; absent: it is being loaded, or could not be. */
  readonly host: RunningHost | undefined;
}

/** Whether hosts could be started again of what was read once: its files are what they were. */
async function canBeLoadedAgain({ modelPackage }: FoundPackage): Promise<boolean> {
  if (!modelPackage) return false;
  const now = await loadPackage(modelPackage.ref, modelPackage).catch(() => undefined);
  return now?.digest === modelPackage.digest;
}

/**
 * One model version's place in the pod. At most one host serves it, started once however many ask, and replaced when it dies;
 * while another takes its place there are two, and the one that leaves ends what it has begun.
 */
export class ModelSlot {
  private readonly leaving = new LeavingHosts();
  /** Of `found`. */
  private launcher: HostLauncher;
  private next: Successor | undefined;
  private running: RunningHost | undefined;
  private starting: Promise<RunningHost> | undefined;
  private isUnloaded = false;
  private closed = false;
  /** What runs could not be started again: its files are gone, and the ones in their place could not be loaded. */
  private irreplaceable = false;

  constructor(
    private found: FoundPackage,
    private readonly pinned: boolean,
    private readonly context: SlotContext,
  ) {
    this.launcher = this.newLauncher();
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

  /** Whether somebody is served or waits to be. */
  get isInUse(): boolean {
    return this.serves || this.starting !== undefined;
  }

  get unloaded(): boolean {
    return this.isUnloaded;
  }

  /** Resident memory of all its hosts, in bytes. */
  get heldBytes(): number {
    const hosts = [this.running, this.next?.host].reduce((sum, one) => sum + (one?.host.residentBytes ?? 0), 0);
    return this.launchers.reduce((sum, { heldBytes }) => sum + heldBytes, hosts + this.leaving.heldBytes);
  }

  get entry(): CatalogueEntry {
    const { found, launcher, sinceMs, unloaded, serves } = this;
    return describeSlot({ found, launcher, sinceMs, unloaded, serves }, performance.now());
  }

  /** Absent: it could not be read. */
  get modelPackage(): ModelPackage | undefined {
    return this.found.modelPackage;
  }

  /** What it holds of the pod's memory: every process that lives, also those that do not serve yet or any more. */
  residents(): Resident[] {
    const { modelPackage, entry } = this.found;
    const key = keyOf(entry);
    const bytes = modelPackage ? this.launcher.expect(modelPackage).bytes : 0;
    const { running, next } = this;
    return [
      ...(running ? [running.resident(key, bytes, this.pinned || this.irreplaceable)] : []),
      ...(next?.host ? [{ ...next.host.resident(key, 0, false), busy: true }] : []),
      ...this.launchers.flatMap((launcher) => launcher.residents(key)),
      ...this.leaving.residents(key),
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
    if (!modelPackage) throw new ServingError(reasonOfBroken(entry), `The package is broken: ${entry.reason}`);
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
    if (isSamePackage(found, this.found) && this.running?.host.alive) return this.running;
    const launcher = this.launcherOf(found);
    this.next = { found, launcher, host: undefined };
    try {
      const host = await this.launch(launcher, found.modelPackage, true);
      host.measure();
      this.next = { found, launcher, host };
      return host;
    } catch (error) {
      this.irreplaceable = this.serves && !(await canBeLoadedAgain(this.found));
      throw error;
    }
  }

  /**
   * Takes into service what was prepared, at once; what served before ends what it has begun. Resolves when nothing new is begun there:
   * routers keep their streams to a host and hear from it that it is leaving.
   */
  async adopt(found: FoundPackage, next: RunningHost): Promise<void> {
    if (this.closed) {
      this.discard(next);
      return;
    }
    const before = this.running;
    const graceMs = this.found.modelPackage?.manifest.generation ? WRITING_GRACE_MS : DRAIN_GRACE_MS;
    this.become(found);
    this.isUnloaded = false;
    this.irreplaceable = false;
    if (next !== before) this.serve(next);
    if (before && next !== before) {
      void this.retire(before, { kind: 'replaced', model: this.label }, { graceMs, handBack: false });
    }
    this.context.onChange();
    if (before && next !== before) await turnsAway(before);
  }

  /** Ends what was prepared and is not to be adopted. */
  discard(next: RunningHost): void {
    if (this.next?.host !== next) return;
    this.next = { ...this.next, host: undefined };
    void this.retire(next, { kind: 'unloaded', model: this.label });
  }

  /** Says from now on what was read; for where nothing serves or starts. What was unloaded stays so. */
  describeAs(found: FoundPackage): void {
    this.become(found);
    this.context.onChange();
  }

  /** Takes the model out of service until it is adopted again. Resolves when its processes have ended. */
  async unload(): Promise<void> {
    this.isUnloaded = true;
    this.launcher.cancel(unloadedError());
    await Promise.all([this.goCold({ kind: 'unloaded', model: this.label }), this.leaving.ended()]);
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
    if (pinned && !running && !launcher.failure && this.sinceMs === undefined) this.revive(modelPackage);
    const report = running?.host.report;
    if (!running || !report) return;
    launcher.measured(running.measure());
    const rules = {
      listeningSinceMs: this.context.listeningSinceMs(),
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
        this.onDeath(running, verdict.why);
        void this.leaving.add(running);
        if (verdict.why === 'overrun') void running.host.drain(LAST_WORDS_MS, true);
        else running.host.kill();
    }
  }

  async close(graceMs: number): Promise<void> {
    this.closed = true;
    for (const launcher of this.launchers) launcher.cancel(closedError());
    const { running, next } = this;
    this.running = undefined;
    if (next?.host) this.discard(next.host);
    await Promise.all([
      running?.host.drain(graceMs),
      this.starting?.catch(() => undefined),
      this.leaving.close(graceMs),
    ]);
  }

  /** Since when a host is being loaded, whichever package; absent: none is. */
  private get sinceMs(): number | undefined {
    return this.launcher.sinceMs ?? this.next?.launcher.sinceMs;
  }

  private get launchers(): HostLauncher[] {
    const { launcher, next } = this;
    return next && next.launcher !== launcher ? [launcher, next.launcher] : [launcher];
  }

  private newLauncher(): HostLauncher {
    const { context } = this;
    return new HostLauncher({
      ...context,
      onStarted: (host, loadMs) => {
        context.onHostEvent({ kind: 'started', model: this.label, loadMs }, host);
      },
      onFailed: (host) => {
        context.onHostEvent({ kind: 'failed', model: this.label }, host);
      },
    });
  }

  private launcherOf(found: FoundPackage): HostLauncher {
    if (isSamePackage(found, this.found)) return this.launcher;
    const { next } = this;
    return next && isSamePackage(found, next.found) ? next.launcher : this.newLauncher();
  }

  private become(found: FoundPackage): void {
    this.launcher = this.launcherOf(found);
    this.found = found;
    this.next = undefined;
  }

  private async launch(launcher: HostLauncher, modelPackage: ModelPackage, warm: boolean): Promise<RunningHost> {
    if (this.closed) throw closedError();
    this.context.reserve(this, launcher.expect(modelPackage).bytes);
    return launcher.launch(modelPackage, warm);
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
    const next = await this.launch(this.launcher, modelPackage, warm);
    const { running, unloaded } = this;
    if (running?.host.alive || unloaded || this.closed) {
      void this.retire(next, { kind: 'unloaded', model: this.label });
      // A load by request was done first.
      if (running?.host.alive) return running;
      throw unloaded ? unloadedError() : closedError();
    }
    this.serve(next);
    return next;
  }

  private serve(next: RunningHost): void {
    this.running = next;
    this.irreplaceable = false;
    this.launcher.measured(next.measure());
    next.host.onReport = () => {
      this.check();
    };
    let since: WritingFigures | undefined;
    next.host.onWriting = (figures) => {
      const isServing = this.running === next;
      this.context.onHostEvent({ kind: 'wrote', model: this.label, figures, since, isServing }, next.host);
      since = figures;
    };
    next.host.onSpans = ({ spans, dropped }) => {
      this.context.onHostEvent({ kind: 'traced', model: this.label, spans, dropped }, next.host);
    };
    void next.host.exited.then(() => {
      if (this.running === next) this.onDeath(next);
    });
    this.context.onChange();
  }

  /** Another host instead of one that is held up by a run for nobody; its waiting requests go there too. */
  private async replace(held: RunningHost, modelPackage: ModelPackage): Promise<void> {
    if (this.sinceMs !== undefined || this.launcher.failure) return;
    const next = await this.launch(this.launcher, modelPackage, false).catch(() => undefined);
    if (!next) return;
    if (this.running === held) {
      this.serve(next);
      // The host knows whether by now it runs something that somebody waits for: then it ends that first.
      const drain = { graceMs: DRAIN_GRACE_MS, handBack: true };
      void this.retire(held, { kind: 'replaced', model: this.label }, drain);
    } else {
      void this.retire(next, { kind: 'unloaded', model: this.label });
    }
  }

  private onDeath(dead: RunningHost, why: DeathCause = 'ended'): void {
    this.running = undefined;
    this.context.onHostEvent({ kind: 'died', model: this.label, why }, dead.host);
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
    leaving: RunningHost,
    event: HostEvent,
    { graceMs, handBack } = { graceMs: DRAIN_GRACE_MS, handBack: false },
  ): Promise<void> {
    this.context.onHostEvent(event, leaving.host);
    await Promise.all([leaving.host.drain(graceMs, handBack), this.leaving.add(leaving)]);
  }
}
