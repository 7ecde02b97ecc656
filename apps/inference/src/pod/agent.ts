import { ServingError } from '@medserve/errors';
import type { CatalogueEntry, ModelCardEntry, ModelKey, ModelLoad } from '@medserve/rpc';
import type { Logger } from '@medserve/runtime';
import { makeRoom, type Resident } from '@medserve/serving';
import type { HostServing } from '../host/messages';
import type { HostEvent, PodLimits } from '../settings';
import { keyOf, type FoundPackage } from './found-package';
import { HostPool } from './host-pool';
import { ModelChanges } from './model-changes';
import type { ModelHost } from './model-host';
import { ModelSlot } from './model-slot';
import { readCard } from './read-card';
import type { Repositories } from './repositories';
import type { SentModels } from './sent-models';

export interface AgentOptions {
  readonly repositories: Repositories;
  readonly sentModels: SentModels;
  /** What the repositories have. */
  readonly found: readonly FoundPackage[];
  readonly limits: PodLimits;
  /** Names of models. */
  readonly keepWarm: readonly string[];
  readonly logger: Logger;
  readonly onHostEvent: (event: HostEvent) => void;
  readonly spawn: () => ModelHost;
}

const CHECK_EVERY_MS = 500;
/** A check that comes this long after the one before is late: what hosts said meanwhile is still to be read. */
const LATE_MS = 2 * CHECK_EVERY_MS;

const MESSAGES = {
  started: 'a model host serves',
  failed: 'a model could not be loaded',
  died: 'a model host died',
  unloaded: 'a model is unloaded',
  evicted: 'a model makes room for another',
  replaced: 'a model host is replaced',
} as const satisfies Record<Exclude<HostEvent['kind'], 'measured' | 'wrote' | 'traced'>, string>;

/** Owns every model host of the pod. */
export class Agent {
  private readonly pool: HostPool;
  private readonly slots = new Map<string, ModelSlot>();
  /** In no catalogue: versions that are being loaded for the first time, until they serve, and those that leave, until they have. */
  private readonly hidden = new Set<ModelSlot>();
  /** What each model was last said to hold, by its label. */
  private measured: ReadonlyMap<string, number> = new Map();
  private checkedAtMs = performance.now();
  private listeningSinceMs = this.checkedAtMs;
  private readonly changes: ModelChanges;
  private readonly listeners = new Set<() => void>();
  private readonly ticker: NodeJS.Timeout;

  constructor(private readonly options: AgentOptions) {
    const { repositories, sentModels, found, limits, spawn } = options;
    this.pool = new HostPool(limits.zygotes, spawn);
    const onChange = this.changed.bind(this);
    const newSlot = this.newSlot.bind(this);
    const { slots, hidden } = this;
    this.changes = new ModelChanges({ slots, hidden, newSlot, repositories, sentModels, onChange });
    for (const item of found) this.slots.set(keyOf(item.entry), newSlot(item));
    this.ticker = setInterval(() => {
      this.check();
    }, CHECK_EVERY_MS);
    this.check();
  }

  models(): CatalogueEntry[] {
    return [...this.slots.values()].map((slot) => slot.entry);
  }

  /** Calls `listener` after every change; gives back how to stop. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  /**
   * Where the model is served; resolves when it is. A model that is just being loaded by request is waited for.
   *
   * @throws ServingError `model_not_found`, `model_broken`, `model_unloaded`; `overloaded` when there is no room for it.
   */
  async ensure(model: ModelKey): Promise<HostServing> {
    const key = keyOf(model);
    if (!this.slots.get(key)?.serves) await this.changes.settled(model.name);
    const slot = this.slots.get(key);
    if (!slot) throw new ServingError('model_not_found', 'The pod has no such model.');
    return slot.ensure();
  }

  /** @throws ServingError `model_not_found` */
  async card(model: ModelKey): Promise<ModelCardEntry> {
    const slot = this.slots.get(keyOf(model));
    if (!slot) throw new ServingError('model_not_found', 'The pod has no such model.');
    return readCard(slot.modelPackage, this.options.logger);
  }

  /** @throws ServingError `model_not_found`, `model_broken`, `invalid_request`, `overloaded`; see `ModelChanges.load`. */
  load(load: ModelLoad): Promise<void> {
    return this.changes.load(load);
  }

  /** @throws ServingError `model_not_found` */
  unload(name: string): Promise<void> {
    return this.changes.unload(name);
  }

  async close(graceMs: number): Promise<void> {
    clearInterval(this.ticker);
    const slots = [...this.slots.values(), ...this.hidden];
    await Promise.all([this.pool.close(), ...slots.map((slot) => slot.close(graceMs))]);
  }

  private newSlot(found: FoundPackage): ModelSlot {
    const { limits, keepWarm } = this.options;
    return new ModelSlot(found, keepWarm.includes(found.entry.name), {
      pool: this.pool,
      limits,
      onChange: this.changed.bind(this),
      onHostEvent: this.tell.bind(this),
      reserve: this.reserve.bind(this),
      listeningSinceMs: () => this.listeningSinceMs,
    });
  }

  private changed(): void {
    for (const listener of [...this.listeners]) listener();
  }

  private check(): void {
    const nowMs = performance.now();
    if (nowMs - this.checkedAtMs > LATE_MS) this.listeningSinceMs = nowMs;
    this.checkedAtMs = nowMs;
    for (const slot of this.slots.values()) slot.check();
    const held = new Map([...this.measured.keys()].map((label) => [label, 0]));
    for (const slot of [...this.slots.values(), ...this.hidden]) {
      held.set(slot.label, (held.get(slot.label) ?? 0) + slot.heldBytes);
    }
    for (const [model, residentBytes] of held) {
      if (this.measured.get(model) !== residentBytes) {
        this.options.onHostEvent({ kind: 'measured', model, residentBytes });
      }
    }
    this.measured = held;
  }

  /** Evicts who has to make room for so many bytes more. @throws ServingError */
  private reserve(slot: ModelSlot, bytes: number): void {
    const owners = new Map<Resident, ModelSlot>();
    for (const owner of [...this.slots.values(), ...this.hidden]) {
      for (const resident of owner.residents()) {
        // What serves now has to go on serving while its successor is loaded.
        owners.set(owner === slot ? { ...resident, busy: true } : resident, owner);
      }
    }
    const decision = makeRoom([...owners.keys()], bytes, this.options.limits);
    switch (decision.kind) {
      case 'room':
        for (const resident of decision.evict) owners.get(resident)?.evict();
        return;
      case 'full':
        throw decision.passing
          ? new ServingError('overloaded', 'All models that fit are busy.', { limit: decision.limit })
          : new ServingError('model_broken', 'The model needs more memory than there is for it.', {
              limit: decision.limit,
            });
    }
  }

  private tell(event: HostEvent, { pid }: ModelHost): void {
    const { logger, onHostEvent } = this.options;
    if (event.kind !== 'measured' && event.kind !== 'wrote' && event.kind !== 'traced') {
      const level = event.kind === 'died' || event.kind === 'failed' ? 'warn' : 'info';
      logger[level](MESSAGES[event.kind], {
        model: event.model,
        ...(pid === undefined ? {} : { hostPid: pid }),
        ...(event.kind === 'died' ? { reason: event.why } : {}),
      });
    }
    onHostEvent(event);
  }
}
