import { ServingError } from '@medserve/errors';
import type { ModelLoad } from '@medserve/rpc';
import { isGood, keyOf, refusalOf, type FoundPackage, type GoodPackage } from './found-package';
import type { ModelSlot } from './model-slot';
import type { Repositories } from './repositories';
import type { RunningHost } from './running-host';
import type { SentModel, SentModels } from './sent-models';

const MAX_CONFIG_BYTES = 1 << 20;
/** Load and unload requests for one model that may wait for each other. */
const MAX_WAITING = 16;
/** Names of unloaded models that were sent along, which stay in the catalogue. */
const MAX_SENT_NAMES = 64;

export interface ChangesContext {
  /** Every model version of the pod; this is who adds and removes. */
  readonly slots: Map<string, ModelSlot>;
  /** Those that nobody may see: new ones before they serve, and those that leave until they have. */
  readonly hidden: Set<ModelSlot>;
  readonly newSlot: (found: FoundPackage) => ModelSlot;
  readonly repositories: Repositories;
  readonly sentModels: SentModels;
  readonly onChange: () => void;
}

interface Prepared {
  readonly slot: ModelSlot;
  readonly found: GoodPackage;
  readonly next: RunningHost;
}

interface Waiting {
  readonly count: number;
  readonly last: Promise<void>;
}

/** Loads and unloads models by request, one change of a model at a time. */
export class ModelChanges {
  private readonly waiting = new Map<string, Waiting>();
  /** By name; `undefined`: unloaded, and its files are gone. */
  private readonly sent = new Map<string, SentModel | undefined>();

  constructor(private readonly context: ChangesContext) {}

  /**
   * Reads the model anew and serves what was read; resolves when every version has a warm host. All versions or none: what served
   * before goes on serving when this throws.
   *
   * @throws ServingError `model_not_found`, `model_broken`, `model_untrusted`, `invalid_request`; `overloaded` when there is no
   *   room.
   */
  load(load: ModelLoad): Promise<void> {
    return this.inTurn(load.name, () => this.loadNow(load));
  }

  /**
   * Takes every version out of service; resolves when their processes have ended.
   *
   * @throws ServingError `model_not_found`
   */
  unload(name: string): Promise<void> {
    return this.inTurn(name, () => this.unloadNow(name));
  }

  /** Resolves when no change of the model is under way or waits. */
  async settled(name: string): Promise<void> {
    for (let change = this.waiting.get(name); change; change = this.waiting.get(name)) {
      await change.last.catch(() => undefined);
    }
  }

  private inTurn(name: string, change: () => Promise<void>): Promise<void> {
    const before = this.waiting.get(name);
    if (before && before.count >= MAX_WAITING) {
      const limit = `changes of one model: ${String(MAX_WAITING)}`;
      return Promise.reject(
        new ServingError('overloaded', 'Too many load and unload requests wait for this model.', { limit }),
      );
    }
    const last = (before?.last ?? Promise.resolve()).catch(() => undefined).then(change);
    const count = (before?.count ?? 0) + 1;
    this.waiting.set(name, { count, last });
    return last.finally(() => {
      const now = this.waiting.get(name);
      if (now?.last === last) this.waiting.delete(name);
      else if (now) this.waiting.set(name, { ...now, count: now.count - 1 });
    });
  }

  private slotsOf(name: string): ModelSlot[] {
    return [...this.context.slots.values()].filter((slot) => slot.name === name);
  }

  private async loadNow({ name, configJson = '', files = {} }: ModelLoad): Promise<void> {
    if (Buffer.byteLength(configJson) > MAX_CONFIG_BYTES) {
      const limit = `bytes: ${String(MAX_CONFIG_BYTES)}`;
      throw new ServingError('invalid_request', 'The configuration is too large.', { field: 'config', limit });
    }
    if (Object.keys(files).length > 0) {
      await this.context.repositories.checkSendable(name);
      const sent = await this.context.sentModels.read(name, files, configJson);
      await this.replace(name, sent.found).catch(async (error: unknown) => {
        await sent.remove();
        throw asSent(error, 'file');
      });
      await this.nowFrom(name, sent);
      return;
    }
    const found = await this.context.repositories.readModel(name, configJson || undefined);
    await this.replace(name, found).catch((error: unknown) => {
      // What lies in the repository is what the model is now; a configuration that does not work was only a wish.
      if (configJson !== '') throw asSent(error, 'config');
      this.showAsRead(name, found);
      throw error;
    });
    await this.nowFrom(name, undefined);
  }

  private async replace(name: string, found: readonly FoundPackage[]): Promise<void> {
    if (found.length === 0) throw new ServingError('model_not_found', `No repository has a model ${name}.`);
    const { slots, hidden, newSlot } = this.context;
    const good = found.filter(isGood);
    const bad = found.map(refusalOf).find((refusal) => refusal !== undefined);
    if (bad) throw nameIn(bad, name);
    const prepared: Prepared[] = [];
    const fresh: ModelSlot[] = [];
    let adopted: readonly Promise<void>[];
    try {
      for (const item of good) {
        const slot = slots.get(keyOf(item.entry)) ?? newSlot(item);
        if (!slots.has(keyOf(item.entry))) fresh.push(slot);
        for (const other of fresh) hidden.add(other);
        prepared.push({ slot, found: item, next: await slot.prepare(item) });
      }
      adopted = this.takeIntoService(name, prepared);
    } catch (error) {
      for (const { slot, next } of prepared) slot.discard(next);
      throw nameIn(error, name);
    } finally {
      for (const slot of fresh) hidden.delete(slot);
    }
    await Promise.all(adopted);
  }

  /** In one step. @returns what resolves, a version each, when nothing new is begun where it was served before */
  private takeIntoService(name: string, prepared: readonly Prepared[]): readonly Promise<void>[] {
    const { slots, onChange } = this.context;
    const serving = new Set(prepared.map(({ slot }) => slot));
    const gone = this.slotsOf(name).filter((slot) => !serving.has(slot));
    const adopted = prepared.map(({ slot, found, next }) => {
      slots.set(keyOf(found.entry), slot);
      return slot.adopt(found, next);
    });
    for (const slot of gone) this.drop(slot);
    onChange();
    return adopted;
  }

  /** Takes the version out of the catalogue at once; its memory counts until it is given back. */
  private drop(slot: ModelSlot): void {
    const { slots, hidden } = this.context;
    slots.delete(keyOf(slot.entry));
    hidden.add(slot);
    void slot.unload().finally(() => hidden.delete(slot));
  }

  /** A model of which nothing serves or starts is shown as it was read, with what is wrong with it. */
  private showAsRead(name: string, found: readonly FoundPackage[]): void {
    const { slots, newSlot, onChange } = this.context;
    const standing = this.slotsOf(name);
    if (found.length === 0 || standing.some((slot) => slot.isInUse)) return;
    const isUnloaded = standing.some((slot) => slot.unloaded);
    const keys = new Set(found.map(({ entry }) => keyOf(entry)));
    for (const slot of standing) {
      if (!keys.has(keyOf(slot.entry))) this.drop(slot);
    }
    for (const item of found) {
      const key = keyOf(item.entry);
      const slot = slots.get(key) ?? newSlot(item);
      slots.set(key, slot);
      slot.describeAs(item);
      if (isUnloaded) void slot.unload();
    }
    onChange();
  }

  private async unloadNow(name: string): Promise<void> {
    const slots = this.slotsOf(name);
    if (slots.length === 0) throw new ServingError('model_not_found', `There is no model ${name}.`);
    await Promise.all(slots.map((slot) => slot.unload()));
    if (!this.sent.has(name)) return;
    await this.sent.get(name)?.remove();
    this.sent.set(name, undefined);
    this.forgetOldestSent();
  }

  /** The model's files are these now; those that were sent before are not needed any more. */
  private async nowFrom(name: string, sent: SentModel | undefined): Promise<void> {
    const before = this.sent.get(name);
    if (sent) this.sent.set(name, sent);
    else this.sent.delete(name);
    await before?.remove();
  }

  private forgetOldestSent(): void {
    const unloaded = [...this.sent].filter(([, model]) => model === undefined).map(([name]) => name);
    for (const name of unloaded.slice(0, Math.max(0, unloaded.length - MAX_SENT_NAMES))) {
      this.sent.delete(name);
      for (const slot of this.slotsOf(name)) this.drop(slot);
    }
    this.context.onChange();
  }
}

/** What cannot be loaded came with the request: whoever sent it has to send something else, and waiting changes nothing. */
function asSent(error: unknown, field: 'file' | 'config'): unknown {
  if (!(error instanceof ServingError) || error.reason !== 'model_broken') return error;
  return new ServingError('invalid_request', error.message, { field, limit: error.limit, cause: error });
}

/** Whoever asked for a model by name reads which it was. */
function nameIn(error: unknown, name: string): unknown {
  if (!(error instanceof ServingError)) return error;
  const { limit, reason, retryAfterMs } = error;
  if (reason !== 'model_broken' && reason !== 'model_untrusted') return error;
  const detail = `The model ${name} cannot be loaded: ${error.message}`;
  return new ServingError(reason, detail, { limit, retryAfterMs, cause: error });
}
