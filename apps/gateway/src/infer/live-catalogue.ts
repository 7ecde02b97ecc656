import { TASKS } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { CatalogueEntry } from '@medserve/rpc';
import { resolveModel } from '@medserve/serving';
import { optional, parseModel, type ModelWords } from './model-words';
import type { Catalogue, Choice } from './ports';

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
  readonly engine: string;
  readonly serves: CatalogueEntry['serves'];
  readonly intendedUse: string;
  readonly notFor: string;
  readonly licence: string;
}

const REFUSALS = {
  model_not_found: { detail: 'There is no model of this name and version.', field: 'model' },
  task_not_found: { detail: 'There is no task of this name.', field: 'task' },
  task_not_available: { detail: 'No model on offer does this task for this modality.', field: 'task' },
  model_broken: { detail: 'The package of the model cannot be loaded.', field: 'model' },
} as const;

/** The models on offer, as the router last told them. */
export class LiveCatalogue implements Catalogue {
  private entries: readonly CatalogueEntry[] | undefined;

  constructor(private readonly startedAt: Date) {}

  update(entries: readonly CatalogueEntry[]): void {
    this.entries = entries;
  }

  list(): readonly CatalogueEntry[] {
    if (this.entries === undefined) throw new ServingError('unavailable', 'The router has not told its models yet.');
    return this.entries;
  }

  /**
   * What can be asked for. The router takes the models of a pod that it cannot reach off its list: an empty list says that no
   * pod answers for the moment, not that the models do not exist.
   */
  private offered(): readonly CatalogueEntry[] {
    const entries = this.list();
    if (entries.length === 0) throw new ServingError('unavailable', 'No inference pod can be reached.');
    return entries;
  }

  /**
   * @param words `name`, for its latest version, or `name:version`
   * @throws ServingError `model_not_found`
   */
  entry(words: string): CatalogueEntry {
    return this.find(parseModel(words) ?? { name: words });
  }

  views(): readonly ModelView[] {
    return this.list().map((entry) => this.toView(entry));
  }

  view(words: string): ModelView {
    return this.toView(this.entry(words));
  }

  checkWords({ task, model }: { readonly task?: string; readonly model?: ModelWords }): void {
    if (task !== undefined && TASKS.get(task)?.isPublic !== true) {
      throw new ServingError('task_not_found', 'There is no task of this name.', { field: 'task' });
    }
    if (model !== undefined) this.find(model);
  }

  check(wanted: { readonly task?: string; readonly model?: ModelWords; readonly modality: string }): Choice {
    const catalogue = this.offered().map((entry) => ({ ...entry, usable: entry.state !== 'broken' }));
    const resolution = resolveModel(catalogue, wanted);
    if (resolution.kind === 'refused') {
      const { detail, field } = REFUSALS[resolution.reason];
      throw new ServingError(resolution.reason, detail, { field });
    }
    return { task: resolution.task, modality: wanted.modality, modelName: resolution.model.name };
  }

  checkModel(model: ModelWords): Choice {
    const entry = this.find(model);
    const serve = entry.serves.find(({ default: isDefault }) => isDefault) ?? entry.serves[0];
    return { task: serve?.task ?? 'infer', modality: serve?.modality ?? 'any', modelName: entry.name };
  }

  private find({ name, version }: ModelWords): CatalogueEntry {
    const versions = this.offered().filter(
      (entry) => entry.name === name && (version === undefined || entry.version === version),
    );
    const [latest] = [...versions].sort((a, b) => Number(b.version) - Number(a.version));
    if (latest === undefined) {
      throw new ServingError('model_not_found', 'There is no model of this name and version.', { field: 'model' });
    }
    return latest;
  }

  private toView(entry: CatalogueEntry): ModelView {
    const { name, version, digest, title, state, reason, engine, serves, intendedUse, notFor, licence } = entry;
    return {
      id: `${name}:${version}`,
      object: 'model',
      created: Math.floor(this.startedAt.getTime() / 1000),
      owned_by: 'medserve',
      name,
      version,
      digest,
      title,
      state,
      ...optional('reason', reason === '' ? undefined : reason),
      engine,
      serves,
      intendedUse,
      notFor,
      licence,
    };
  }
}
