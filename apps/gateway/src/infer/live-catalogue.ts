import { TASKS } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { reasonOfBroken, type CatalogueEntry } from '@medserve/rpc';
import { resolveModel, standsFor, type DefaultVersions, type Resolution } from '@medserve/serving';
import { warmthOf } from './cold-start';
import { optional, parseModel, type ModelWords } from './model-words';
import type { Catalogue, Choice, DispatchOrder, ModelChoice, Warmth } from './ports';

export type ModelVersion = Pick<ModelChoice, 'name' | 'version'>;

/** A model as `GET /v1/models` shows it; the first four members are OpenAI's. */
export interface ModelView {
  readonly id: string;
  readonly object: 'model';
  readonly created: number;
  readonly owned_by: string;
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly title: string;
  readonly state: string;
  readonly reason?: string;
  /** Whether it can answer at once. */
  readonly isWarm: boolean;
  /** Whether its bare name stands for this version. */
  readonly isDefault: boolean;
  readonly engine: string;
  readonly serves: CatalogueEntry['serves'];
  readonly signed: boolean;
  readonly signer?: string;
  readonly approver?: string;
  readonly source: 'repository' | 'local copy';
  readonly intendedUse: string;
  readonly notFor: string;
  readonly licence: string;
}

/** Whether requests may be sent to it: `broken` cannot be served, `unloaded` may not. */
export const isServed = ({ state }: CatalogueEntry): boolean => state !== 'broken' && state !== 'unloaded';

const REFUSALS = {
  model_not_found: { detail: 'There is no model of this name and version.', field: 'model' },
  task_not_found: { detail: 'There is no task of this name.', field: 'task' },
  task_not_available: { detail: 'No model on offer does this task for this modality.', field: 'task' },
} as const;

/** The models on offer, as the router last told them. */
export class LiveCatalogue implements Catalogue {
  private entries: readonly CatalogueEntry[] | undefined;
  /** By name, newest version first. */
  private readonly byName = new Map<string, CatalogueEntry[]>();
  private isComplete = false;
  private defaults: DefaultVersions = new Map();

  private toldAtMs = 0;

  constructor(
    private readonly startedAt: Date,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** @param complete whether every pod was heard; a router that cannot hear one takes its models off the list */
  update(entries: readonly CatalogueEntry[], { complete }: { readonly complete: boolean }): void {
    this.entries = entries;
    this.toldAtMs = this.nowMs();
    this.isComplete = complete;
    this.byName.clear();
    for (const entry of [...entries].sort((a, b) => Number(b.version) - Number(a.version))) {
      const versions = this.byName.get(entry.name);
      if (versions === undefined) this.byName.set(entry.name, [entry]);
      else versions.push(entry);
    }
  }

  /** From now on the bare names of these models stand for these versions, wherever one is named without. */
  choose(defaults: DefaultVersions): void {
    this.defaults = defaults;
  }

  list(): readonly CatalogueEntry[] {
    if (this.entries === undefined) throw new ServingError('unavailable', 'The router has not told its models yet.');
    return this.entries;
  }

  /**
   * @param words `name`, for the version that it stands for, or `name:version`
   * @throws ServingError `model_not_found`
   */
  entry(words: string): CatalogueEntry {
    return this.standing(parseModel(words) ?? { name: words });
  }

  /** As a list of models shows it. */
  toView(entry: CatalogueEntry): ModelView {
    const { name, version, digest, title, state, reason, engine, serves, intendedUse, notFor, licence } = entry;
    return {
      id: idOf({ name, version }),
      object: 'model',
      created: Math.floor(this.startedAt.getTime() / 1000),
      owned_by: 'medserve',
      name,
      version,
      digest,
      title,
      state,
      ...optional('reason', reason === '' ? undefined : reason),
      isWarm: this.warmth(entry).kind === 'warm',
      isDefault: this.standing({ name }) === entry,
      engine,
      serves,
      intendedUse,
      notFor,
      licence,
      signed: entry.signer !== '',
      ...optional('signer', entry.signer || undefined),
      ...optional('approver', entry.approver || undefined),
      source: entry.fromLocalCopy ? 'local copy' : 'repository',
    };
  }

  /** Whether there is a model of this name, served or not. */
  has(name: string): boolean {
    return this.byName.has(name);
  }

  /** Whether it can answer at once. */
  warmth(entry: CatalogueEntry): Warmth {
    return warmthOf(entry, this.nowMs() - this.toldAtMs);
  }

  checkWords({ task, model }: { readonly task?: string; readonly model?: ModelWords }): void {
    if (task !== undefined && TASKS.get(task)?.isPublic !== true) {
      throw new ServingError('task_not_found', 'There is no task of this name.', { field: 'task' });
    }
    if (model !== undefined) this.standing(model);
  }

  check(wanted: { readonly task?: string; readonly model?: ModelWords; readonly modality: string }): Choice {
    const resolution = this.resolve(this.list(), wanted);
    if (resolution.kind === 'resolved') {
      return this.choice(resolution.model, resolution.task, wanted.modality);
    }
    if ('model' in resolution) throw notServed(resolution.model);
    const { detail, field } = REFUSALS[resolution.reason];
    throw this.orUnheard(new ServingError(resolution.reason, detail, { field }));
  }

  checkModel(model: ModelWords): Choice {
    const entry = this.served(model);
    const serve = entry.serves.find(({ default: isDefault }) => isDefault) ?? entry.serves[0];
    return this.choice(entry, serve?.task ?? 'infer', serve?.modality ?? 'any');
  }

  /**
   * The version that answers a request for `model`: the one named, or the one that its name stands for.
   *
   * @throws ServingError `model_not_found`; `model_unloaded`; `model_broken` with what is wrong with it
   */
  served(model: ModelWords): CatalogueEntry {
    const entry = this.standing(model);
    if (!isServed(entry)) throw notServed(entry);
    return entry;
  }

  /** The version that a request so routed is expected to reach; undefined where it reaches none. */
  expected(wanted: Pick<DispatchOrder, 'task' | 'modality' | 'model'>): CatalogueEntry | undefined {
    if (wanted.model !== undefined) {
      const { name, version } = wanted.model;
      const versions = this.byName.get(name) ?? [];
      return version === undefined
        ? standsFor(versions, this.defaults)
        : versions.find((entry) => entry.version === version);
    }
    const resolution = this.resolve(this.entries ?? [], wanted);
    return resolution.kind === 'resolved' ? resolution.model : undefined;
  }

  /** Which of these models answers, and with which task. */
  resolve<M extends CatalogueEntry>(models: readonly M[], wanted: Parameters<typeof resolveModel>[1]): Resolution<M> {
    return resolveModel(models, wanted, this.defaults);
  }

  /**
   * What a request is sent out with: where somebody chose the version that answers it, by that. The router knows of no choices, and
   * what it would find by a bare name may be another.
   */
  pinned(wanted: Pick<DispatchOrder, 'task' | 'modality' | 'model'>): ModelWords | undefined {
    const { model } = wanted;
    if (model?.version !== undefined || this.defaults.size === 0) return model;
    const entry = this.expected(wanted);
    return entry !== undefined && this.defaults.get(entry.name) === entry.version
      ? { name: entry.name, version: entry.version }
      : model;
  }

  /** Served or not, newest first. @throws ServingError `model_not_found`, naming the model */
  versions({ name, version }: ModelWords): readonly [CatalogueEntry, ...CatalogueEntry[]] {
    this.list();
    const versions = this.byName.get(name) ?? [];
    const [newest, ...older] = version === undefined ? versions : versions.filter((entry) => entry.version === version);
    if (newest !== undefined) return [newest, ...older];
    const what = version === undefined ? 'this name' : 'this name and version';
    const detail = `There is no model of ${what}: ${quoted({ name, version })}.`;
    throw this.orUnheard(new ServingError('model_not_found', detail, { field: 'model' }));
  }

  private choice(entry: CatalogueEntry, task: string, modality: string): Choice {
    const { name: modelName, version } = entry;
    return { task, modality, modelName, version, warmth: this.warmth(entry) };
  }

  /** While a pod cannot be heard, nobody knows that what is not listed does not exist. */
  private orUnheard(error: ServingError): ServingError {
    return this.isComplete ? error : new ServingError('unavailable', 'An inference pod cannot be reached.');
  }

  /** The version named, or the one that the name stands for, served or not. @throws ServingError `model_not_found` */
  standing(model: ModelWords): CatalogueEntry {
    const versions = this.versions(model);
    return standsFor(versions, this.defaults) ?? versions[0];
  }
}

/** Why a version is not served, in words for a caller. */
const notServed = ({ name, version, state, reason, untrusted }: CatalogueEntry): ServingError =>
  state === 'unloaded'
    ? new ServingError('model_unloaded', `The model ${quoted({ name })} was unloaded on request.`, { field: 'model' })
    : new ServingError(
        reasonOfBroken({ untrusted }),
        `The model ${quoted({ name, version })} cannot be served: ${reason}`,
        {
          field: 'model',
        },
      );

/** A model of which no version could be found has an empty one, and is told of by its name. */
const idOf = ({ name, version = '' }: ModelWords): string => (version === '' ? name : `${name}:${version}`);

/** A caller's words in an answer to the caller: cut, so that an endless name does not come back in full. */
const quoted = ({ name, version }: ModelWords): string =>
  JSON.stringify(idOf({ name: name.slice(0, 128), version: version?.slice(0, 32) }));
