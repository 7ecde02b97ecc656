import { createHmac, randomBytes } from 'node:crypto';
import type { Sensitive } from '@medserve/clinical';
import { ResponseCache, type CacheLimits } from '@medserve/serving';
import canonicalize from 'canonicalize';
import type { Dispatched, DispatchOrder, Dispatcher, ModelChoice } from '../infer/ports';

/** Which model is expected to answer an order, if its answers may be kept: its operator says that by `response_cache`. */
export type CachedModel = (order: DispatchOrder) => ModelChoice | undefined;

export interface CacheObserver {
  looked(model: ModelChoice, outcome: 'hit' | 'miss', elapsedMs: number): void;
  changed(entries: number, bytes: number): void;
}

export interface CachingParts {
  readonly dispatcher: Dispatcher;
  readonly modelOf: CachedModel;
  readonly limits: CacheLimits;
  readonly observer: CacheObserver;
  /** Milliseconds on a clock that only goes forward. */
  readonly now: () => number;
}

/** What may be forgotten at once. Every member that is given narrows nothing: each is forgotten for itself. */
export interface Purge {
  readonly model?: string;
  readonly patientKey?: Sensitive<string>;
}

/** What is true of a later answer as well: neither how the router chose nor what the run took. */
const lasting = ({ task, model, engine, finding, tensors, batch }: Dispatched): Dispatched => ({
  task,
  model,
  engine,
  ...(finding === undefined ? {} : { finding }),
  ...(tensors === undefined ? {} : { tensors }),
  timings: RUN_NOTHING,
  batch: { rows: batch.rows, batchRows: 0, leads: false },
});

interface Asking {
  readonly tags: readonly string[];
  isPurged: boolean;
}

const isSame = (one: ModelChoice, other: ModelChoice): boolean =>
  one.digest === other.digest && one.name === other.name && one.version === other.version;

const RUN_NOTHING = { queue: 0, preprocess: 0, run: 0, read: 0 };

/**
 * Keeps answers of models that allow it, in this process and for as long as it lives. A hit is a request like any other: it
 * is accepted and completed on record.
 *
 * Keys are HMACs under a salt of this process that covers the tenant: nobody learns from a hit, or from a memory dump, what
 * another tenant asked, and the inputs themselves are never held.
 */
export class CachingDispatcher implements Dispatcher {
  private readonly cache: ResponseCache<Dispatched>;
  private readonly salt = randomBytes(32);
  /** What is being asked for now: a purge reaches answers that are not there yet, too. */
  private readonly underWay = new Set<Asking>();

  constructor(private readonly parts: CachingParts) {
    this.cache = new ResponseCache(parts.limits);
  }

  async dispatch(order: DispatchOrder, options: Parameters<Dispatcher['dispatch']>[1]): Promise<Dispatched> {
    const { dispatcher, modelOf, observer, now } = this.parts;
    // What is written, or of texts, is not kept: another answer may be wanted each time.
    const isKeepable = order.input.kind === 'decoded' || order.input.kind === 'tensor-bytes';
    const model = isKeepable ? modelOf(order) : undefined;
    if (model === undefined) return dispatcher.dispatch(order, options);
    const beganMs = now();
    const key = this.keyOf(order, model);
    const kept = this.cache.get(key, beganMs);
    observer.looked(model, kept === undefined ? 'miss' : 'hit', now() - beganMs);
    if (kept !== undefined) return { ...kept, cache: 'hit' };
    const asking = { tags: this.tagsOf(order, model), isPurged: false };
    this.underWay.add(asking);
    try {
      const done = await dispatcher.dispatch(order, options);
      // A model that was reloaded meanwhile, or another version than expected: kept under a key that stands for something else.
      if (!asking.isPurged && isSame(done.model, model)) this.keep(key, done, asking.tags);
      return { ...done, cache: 'miss' };
    } finally {
      this.underWay.delete(asking);
    }
  }

  /** @returns how many answers were forgotten. */
  purge(tenant: string, { model, patientKey }: Purge): number {
    const tags = [
      ...(model === undefined ? [] : [this.tag(tenant, 'model', model)]),
      ...(patientKey === undefined ? [] : [this.patientTag(tenant, patientKey)]),
    ];
    for (const asking of this.underWay) asking.isPurged ||= tags.some((tag) => asking.tags.includes(tag));
    const count = tags.reduce((sum, tag) => sum + this.cache.purge(tag), 0);
    this.tell();
    return count;
  }

  private tagsOf({ tenant, patientKey }: DispatchOrder, { name }: ModelChoice): readonly string[] {
    const ofModel = this.tag(tenant, 'model', name);
    return patientKey === undefined ? [ofModel] : [ofModel, this.patientTag(tenant, patientKey)];
  }

  private keep(key: string, done: Dispatched, tags: readonly string[]): void {
    this.cache.put(key, lasting(done), sizeOf(done), tags, this.parts.now());
    this.tell();
  }

  private tell(): void {
    this.parts.observer.changed(this.cache.size, this.cache.bytes);
  }

  /**
   * Stands for everything that the answer depends on, and for whom it is about: an answer found for a patient is one that a
   * purge of that patient finds.
   */
  private keyOf(
    { tenant, task, modality, parameters, question, outputs, input, inputs, patientKey }: DispatchOrder,
    model: ModelChoice,
  ) {
    const shapes =
      input.kind === 'tensor-bytes' ? input.tensors.map(({ name, datatype, shape }) => [name, datatype, shape]) : null;
    const text = canonicalize([
      tenant,
      patientKey?.reveal('cache-key') ?? null,
      model.name,
      model.version,
      model.digest,
      task ?? null,
      modality ?? null,
      parameters ?? null,
      question ?? null,
      outputs ?? null,
      shapes,
      inputs,
    ]);
    return this.hmac(text ?? '');
  }

  private patientTag(tenant: string, patientKey: Sensitive<string>): string {
    return this.tag(tenant, 'patient', patientKey.reveal('cache-key'));
  }

  private tag(tenant: string, kind: 'model' | 'patient', of: string): string {
    return this.hmac(JSON.stringify([tenant, kind, of]));
  }

  private hmac(text: string): string {
    return createHmac('sha256', this.salt).update(text).digest('base64');
  }
}

/** What an entry costs beside its tensors and its finding: keys, objects, hashes. */
const ENTRY_BYTES = 1_024;

function sizeOf({ tensors = [], finding }: Dispatched): number {
  const findingBytes = finding === undefined ? 0 : JSON.stringify(finding).length * 2;
  return tensors.reduce((sum, { bytes }) => sum + bytes.buffer.byteLength, ENTRY_BYTES + findingBytes);
}
