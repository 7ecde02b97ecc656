import { ServingError } from '@medserve/errors';
import type { CatalogueEntry, LanguageEntry } from '@medserve/rpc';
import type { LiveCatalogue } from '../infer/live-catalogue';
import { optional, parseModel } from '../infer/model-words';
import type { Choice, DispatchOrder } from '../infer/ports';

/** What is asked of a model that writes, and of one that turns texts into vectors. */
export type LanguageTask = 'chat' | 'embed';

export type LanguageModel = CatalogueEntry & { readonly language: LanguageEntry };

/** A model as a request of OpenAI's API chose it. */
export interface LanguageChoice extends Choice {
  readonly language: LanguageEntry;
  readonly model: LanguageModel;
  readonly adapter?: string;
  /** How the router finds it: the words of the caller, so that it decides between versions and pods. */
  readonly route: Pick<DispatchOrder, 'task' | 'modality' | 'model'>;
}

/** What an alias stands for: the model that calls itself the default for this. */
export const ALIASES: ReadonlyMap<string, LanguageTask> = new Map([
  ['chat', 'chat'],
  ['embed', 'embed'],
]);

const UNABLE = {
  chat: 'The model does not write: it has no part in chat completions.',
  embed: 'The model does not turn texts into vectors.',
} as const;

const does = (task: LanguageTask, model: CatalogueEntry): model is LanguageModel =>
  model.language !== undefined && model.language.generates === (task === 'chat');

/** Of what a caller wrote; the rest is not told back. */
const quoted = (text: string): string => JSON.stringify(text.slice(0, 128));

/** The models that write or read text, by the names that OpenAI's API knows them by: `NAME[:VERSION][@ADAPTER]`, or an alias. */
export class LanguageModels {
  constructor(private readonly catalogue: LiveCatalogue) {}

  /**
   * @param words as the caller wrote them
   * @throws ServingError `model_not_found`, of an adapter too; `task_not_available` where the model cannot do this;
   *   `model_unloaded`, `model_broken`
   */
  choose(words: string, task: LanguageTask): LanguageChoice {
    const at = words.lastIndexOf('@');
    const name = at === -1 ? words : words.slice(0, at);
    const adapter = at === -1 ? undefined : words.slice(at + 1);
    const alias = this.catalogue.has(name) ? undefined : ALIASES.get(name);
    const model = alias === undefined ? this.named(name, task) : this.standsFor(name, alias, task);
    const { language } = model;
    if (adapter !== undefined && !language.adapters.includes(adapter)) {
      throw new ServingError('model_not_found', `The model has no adapter of this name: ${quoted(words)}.`, {
        field: 'model',
      });
    }
    const serves = model.serves.find((serve) => serve.task === task);
    return {
      task,
      modality: serves?.modality ?? 'text',
      modelName: model.name,
      version: model.version,
      warmth: this.catalogue.warmth(model),
      language,
      model,
      ...optional('adapter', adapter),
      route: {
        ...(serves === undefined ? {} : { task }),
        ...(alias === 'embed' ? { modality: 'text' } : {}),
        ...optional('model', alias === undefined ? parseModel(name) : undefined),
      },
    };
  }

  /** The model that an alias stands for now; undefined: none does. */
  defaultFor(task: LanguageTask): LanguageModel | undefined {
    const able = this.catalogue.list().filter((model) => does(task, model));
    const resolution = this.catalogue.resolve(able, task === 'embed' ? { task, modality: 'text' } : { task });
    return resolution.kind === 'resolved' ? resolution.model : undefined;
  }

  private named(name: string, task: LanguageTask): LanguageModel {
    const model = this.catalogue.served(parseModel(name) ?? { name });
    if (does(task, model)) return model;
    throw new ServingError('task_not_available', UNABLE[task], {
      field: 'model',
      remedy: 'Choose a model that GET /v1/models lists for this, or the alias "chat" or "embed".',
    });
  }

  private standsFor(name: string, alias: LanguageTask, task: LanguageTask): LanguageModel {
    const model = this.defaultFor(alias);
    if (model === undefined) {
      throw new ServingError('model_not_found', `No model on offer is the default that ${quoted(name)} stands for.`, {
        field: 'model',
      });
    }
    if (does(task, model)) return model;
    throw new ServingError('task_not_available', UNABLE[task], { field: 'model' });
  }
}
