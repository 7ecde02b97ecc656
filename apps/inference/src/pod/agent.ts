import { ServingError } from '@medserve/errors';
import type { CatalogueEntry, ModelKey, ModelLoad } from '@medserve/rpc';
import type { Logger } from '@medserve/runtime';
import type { HostEvent, PodLimits } from '../settings';
import { HostPool } from './host-pool';
import type { HostProcess } from './host-process';
import { ModelSlot } from './model-slot';
import { keyOf, type FoundPackage } from './packages';

export interface AgentOptions {
  readonly packages: ReadonlyMap<string, FoundPackage>;
  readonly limits: PodLimits;
  readonly logger: Logger;
  readonly onHostEvent: (event: HostEvent) => void;
}

const CHECK_EVERY_MS = 500;

const MESSAGES = {
  started: 'a model host serves',
  failed: 'a model could not be loaded',
  died: 'a model host died',
  unloaded: 'a model is unloaded',
} as const satisfies Record<HostEvent['kind'], string>;

/** Owns every model host of the pod. */
export class Agent {
  private readonly pool: HostPool;
  private readonly slots: ReadonlyMap<string, ModelSlot>;
  private readonly listeners = new Set<() => void>();
  private readonly ticker: NodeJS.Timeout;

  constructor(private readonly options: AgentOptions) {
    const { packages, limits } = options;
    this.pool = new HostPool(limits.zygotes);
    const context = {
      pool: this.pool,
      limits,
      onChange: () => {
        for (const listener of [...this.listeners]) listener();
      },
      onHostEvent: this.onHostEvent.bind(this),
    };
    this.slots = new Map([...packages].map(([key, found]) => [key, new ModelSlot(found, context)]));
    this.ticker = setInterval(() => {
      for (const slot of this.slots.values()) slot.check();
    }, CHECK_EVERY_MS);
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

  /** @throws ServingError `model_not_found`, `model_broken`, `overloaded` when every host is taken and busy. */
  async ensure(model: ModelKey): Promise<{ address: string; digest: string }> {
    const slot = this.slots.get(keyOf(model));
    if (!slot) throw new ServingError('model_not_found', 'The pod has no such model.');
    if (!slot.occupied) this.makeRoom();
    return slot.ensure();
  }

  /** @throws ServingError `unsupported` */
  load({ name }: ModelLoad): Promise<void> {
    return Promise.reject(new ServingError('unsupported', `The model ${name} cannot be loaded on request here.`));
  }

  async unload(name: string): Promise<void> {
    const slots = [...this.slots.values()].filter((slot) => slot.entry.name === name);
    await Promise.all(slots.map((slot) => slot.unload()));
  }

  async close(graceMs: number): Promise<void> {
    clearInterval(this.ticker);
    await Promise.all([this.pool.close(), ...[...this.slots.values()].map((slot) => slot.close(graceMs))]);
  }

  /** Unloads the model that was idle longest when no further host may be started. */
  private makeRoom(): void {
    const { maxHosts } = this.options.limits;
    const occupied = [...this.slots.values()].filter((slot) => slot.occupied);
    if (occupied.length < maxHosts) return;
    const [longestIdle] = occupied.filter((slot) => slot.idle).sort((a, b) => a.lastUsedAtMs - b.lastUsedAtMs);
    if (!longestIdle) {
      throw new ServingError('overloaded', 'All models that fit are busy.', {
        limit: `model hosts: ${String(maxHosts)}`,
      });
    }
    void longestIdle.unload();
  }

  private onHostEvent(event: HostEvent, { pid }: HostProcess): void {
    const { logger, onHostEvent } = this.options;
    const level = event.kind === 'died' || event.kind === 'failed' ? 'warn' : 'info';
    logger[level](MESSAGES[event.kind], { model: event.model, ...(pid === undefined ? {} : { pid }) });
    onHostEvent(event);
  }
}
