import type { CatalogueEntry, MeasuredEntry } from '@medserve/rpc';
import type { LiveCatalogue, ModelView } from '../infer/live-catalogue';
import { optional } from '../infer/model-words';
import type { ListedModel } from '../openai/model-list';
import type { CardShelf } from './card-shelf';
import type { ModelDefaults, ShownDefault } from './model-defaults';

/** One version of a model, as its page shows it beside the others. */
export interface VersionView extends Pick<
  ModelView,
  | 'version'
  | 'title'
  | 'digest'
  | 'state'
  | 'reason'
  | 'isWarm'
  | 'isDefault'
  | 'engine'
  | 'serves'
  | 'signed'
  | 'signer'
  | 'approver'
  | 'source'
> {
  /** Memory that a replica holds, as measured, in bytes; null: nobody measured it yet. */
  readonly memoryBytes: number | null;
  /** How long loading took of late, in milliseconds; null: not known. */
  readonly expectedLoadMs: number | null;
}

/** A model with what its package says of itself at length. */
export interface ModelDetails extends ListedModel {
  readonly tasks: readonly string[];
  readonly modalities: readonly string[];
  /** Markdown, 262,144 bytes at most; null: the package has none, or `cardState` says why it cannot be had. */
  readonly card: string | null;
  /** `cut`: the card goes on; `unavailable`: no pod that has the model can be asked now. */
  readonly cardState: 'whole' | 'cut' | 'none' | 'unavailable';
  /** As the package says them. */
  readonly measured: readonly MeasuredEntry[];
  /** Newest first, the broken and the unloaded too. */
  readonly versions: readonly VersionView[];
  readonly default: ShownDefault;
}

export interface ModelDetailsParts {
  readonly catalogue: LiveCatalogue;
  readonly cards: Pick<CardShelf, 'of'>;
  readonly defaults: Pick<ModelDefaults, 'show'>;
}

/** Everything that the platform knows of one model. */
export class ModelDetailing {
  constructor(private readonly parts: ModelDetailsParts) {}

  /** @param model as it is listed: of an alias, and of an adapter, the details are those of the model that it stands for */
  async of(model: ListedModel): Promise<ModelDetails> {
    const { catalogue, cards, defaults } = this.parts;
    const { name, version } = model;
    const found = await cards.of(catalogue.standing({ name, version }));
    return {
      ...model,
      tasks: distinct(model.serves.map(({ task }) => task)),
      modalities: distinct(model.serves.map(({ modality }) => modality)),
      card: found === undefined || found.card === '' ? null : found.card,
      cardState: found === undefined ? 'unavailable' : found.card === '' ? 'none' : found.truncated ? 'cut' : 'whole',
      measured: found?.measured ?? [],
      versions: catalogue.versions({ name }).map((entry) => this.versionOf(entry)),
      default: defaults.show(name),
    };
  }

  private versionOf(entry: CatalogueEntry): VersionView {
    const view = this.parts.catalogue.toView(entry);
    const { version, title, digest, state, isWarm, isDefault, engine, serves, signed, source } = view;
    return {
      ...{ version, title, digest, state, isWarm, isDefault, engine, serves, signed, source },
      ...optional('reason', view.reason),
      ...optional('signer', view.signer),
      ...optional('approver', view.approver),
      memoryBytes: entry.residentBytes || null,
      expectedLoadMs: entry.expectedLoadMs || null,
    };
  }
}

const distinct = (words: readonly string[]): readonly string[] => [...new Set(words)];
