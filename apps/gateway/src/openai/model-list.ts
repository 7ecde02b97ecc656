import type { CatalogueEntry } from '@medserve/rpc';
import { isServed, type LiveCatalogue, type ModelView } from '../infer/live-catalogue';
import { ALIASES, LanguageModels, type LanguageModel } from './language-models';

/** A model as OpenAI's clients, and ours, see it. */
export interface ListedModel extends ModelView {
  /** The model itself, by name and version: what an alias or a name alone stands for, and what an adapter is part of. */
  readonly root: string;
  /** Of an adapter: its base. */
  readonly parent: string | null;
  /** Tokens of prompt and answer together; null: it neither writes nor reads text. */
  readonly max_model_len: number | null;
  /** For clients that look for it; who may ask what is said by keys. */
  readonly permission: readonly never[];
  readonly max_images?: number;
}

/** All models on offer: every version of every package, the adapters of those that write, and the aliases. */
export class ModelList {
  private readonly models: LanguageModels;

  constructor(private readonly catalogue: LiveCatalogue) {
    this.models = new LanguageModels(catalogue);
  }

  list(): readonly ListedModel[] {
    const entries = this.catalogue.list();
    return [
      ...entries.map((entry) => this.view(entry)),
      ...this.newest(entries).flatMap((entry) => this.adapters(entry)),
      ...[...ALIASES.keys()].flatMap((alias) => this.alias(alias) ?? []),
    ];
  }

  /**
   * @param id `NAME`, `NAME:VERSION`, `NAME@ADAPTER`, or an alias: what is found has this id, as its clients expect
   * @throws ServingError `model_not_found`
   */
  find(id: string): ListedModel {
    const alias = this.alias(id);
    if (alias !== undefined) return alias;
    if (!id.includes('@')) return { ...this.view(this.catalogue.entry(id)), id };
    const { model } = this.models.choose(id, 'chat');
    return this.adapter(model, id);
  }

  private view(entry: CatalogueEntry): ListedModel {
    const view = this.catalogue.toView(entry);
    const { language } = entry;
    return {
      ...view,
      root: view.id,
      parent: null,
      max_model_len: language?.contextTokens ?? null,
      permission: [],
      ...(language?.generates ? { max_images: language.maxImages } : {}),
    };
  }

  private alias(name: string): ListedModel | undefined {
    const task = this.catalogue.has(name) ? undefined : ALIASES.get(name);
    const model = task && this.models.defaultFor(task);
    return model && { ...this.view(model), id: name };
  }

  private adapter(model: LanguageModel, id: string): ListedModel {
    const view = this.view(model);
    return { ...view, id, root: view.id, parent: view.id };
  }

  private adapters(model: LanguageModel): ListedModel[] {
    return model.language.adapters.map((adapter) => this.adapter(model, `${model.name}@${adapter}`));
  }

  /** Of each model that writes or reads text, the version that its name alone stands for. */
  private newest(entries: readonly CatalogueEntry[]): LanguageModel[] {
    const names = new Set(entries.filter(isServed).map(({ name }) => name));
    return [...names].map((name) => this.catalogue.served({ name })).filter(isLanguageModel);
  }
}

const isLanguageModel = (entry: CatalogueEntry): entry is LanguageModel => entry.language !== undefined;
