import { setTimeout as sleep } from 'node:timers/promises';
import { ServingError, toServingError } from '@medserve/errors';
import type { CatalogueEntry, ModelLoad } from '@medserve/rpc';
import { isServed, type LiveCatalogue } from '../infer/live-catalogue';
import type { IndexEntry, ModelMetadata, OipModels, TensorMetadata } from './ports';

/** What changes the models that are served: the router's operations, and its catalogue asked for anew. */
export interface ModelControl {
  load(load: ModelLoad, options: { readonly deadlineMs: number }): Promise<void>;
  unload(name: string, options: { readonly deadlineMs: number }): Promise<void>;
  /** Resolves when the catalogue is what the router knows now. */
  refresh(): Promise<void>;
}

/** Loading a large model from a slow disk takes minutes; nobody waits longer for one. */
const CHANGE_DEADLINE_MS = 600_000;

/** How long the catalogue may take to show what the router has confirmed. */
const VISIBLE_WITHIN_MS = 3_000;
const LOOK_EVERY_MS = 20;

/** The models of the platform as the Open Inference Protocol and its repository extension see them. */
export class Models implements OipModels {
  constructor(
    private readonly catalogue: LiveCatalogue,
    private readonly control: ModelControl,
  ) {}

  ready(name: string, version: string | undefined): boolean {
    try {
      this.catalogue.served({ name, version });
      return true;
    } catch {
      return false;
    }
  }

  metadata(name: string, version: string | undefined): ModelMetadata {
    const entry = this.known(name, version);
    const all = this.catalogue.versions({ name });
    return {
      name,
      versions: all
        .filter((one) => isServed(one) || one === entry)
        .map((one) => one.version)
        .reverse(),
      platform: PLATFORMS[entry.engine] ?? entry.engine,
      inputs: entry.inputs.map(described),
      outputs: entry.outputs.map(described),
    };
  }

  config(name: string, version: string | undefined): Readonly<Record<string, unknown>> {
    const { configJson } = this.known(name, version);
    return configJson === '' ? { name } : (JSON.parse(configJson) as Record<string, unknown>);
  }

  index(onlyReady: boolean): readonly IndexEntry[] {
    const entries = this.catalogue.list().map(indexed);
    return onlyReady ? entries.filter(({ state }) => state === 'READY') : entries;
  }

  async load(load: ModelLoad): Promise<void> {
    await this.named(load.name, () => this.control.load(load, { deadlineMs: CHANGE_DEADLINE_MS }));
    await this.shown(() => this.ready(load.name, undefined));
  }

  async unload(name: string): Promise<void> {
    await this.named(name, () => this.control.unload(name, { deadlineMs: CHANGE_DEADLINE_MS }));
    await this.shown(() => !this.ready(name, undefined));
  }

  /** A model that cannot be served is described as far as it was ever read; of one that never was, its reason is all there is. */
  private known(name: string, version: string | undefined): CatalogueEntry {
    const entry = this.catalogue.standing({ name, version });
    const isUnread = entry.state === 'broken' && entry.inputs.length === 0;
    return isUnread ? this.catalogue.served({ name, version }) : entry;
  }

  /** An operator who changes many models sees in the words of a refusal which one it was. */
  private async named(name: string, change: () => Promise<void>): Promise<void> {
    try {
      await change();
    } catch (thrown) {
      const error = toServingError(thrown);
      if (error.category === 'internal' || error.message.includes(name)) throw error;
      const { reason, field, limit, remedy, retryAfterMs } = error;
      throw new ServingError(reason, `${JSON.stringify(name)}: ${error.message}`, {
        field,
        limit,
        remedy,
        retryAfterMs,
        cause: thrown,
      });
    }
  }

  /** Who was told that a change is done must see it here, too: the catalogue follows the router by a stream of its own. */
  private async shown(isShown: () => boolean): Promise<void> {
    const untilMs = performance.now() + VISIBLE_WITHIN_MS;
    for (;;) {
      await this.control.refresh();
      if (isShown() || performance.now() > untilMs) return;
      await sleep(LOOK_EVERY_MS);
    }
  }
}

/** The names that the protocol's clients know the engines by. */
const PLATFORMS: Readonly<Record<string, string>> = { onnx: 'onnxruntime_onnx' };

const described = ({ name, datatype, shape }: TensorMetadata): TensorMetadata => ({ name, datatype, shape });

/** Cold and loading models are ready: whoever asks them waits, and is answered. */
function indexed(entry: CatalogueEntry): IndexEntry {
  const { name, version, state, reason } = entry;
  switch (state) {
    case 'cold':
    case 'loading':
    case 'ready':
      return { name, version, state: 'READY', reason: '' };
    case 'unloaded':
      return { name, version, state: 'UNAVAILABLE', reason: 'unloaded' };
    case 'broken':
      return { name, version, state: 'UNAVAILABLE', reason };
  }
}
