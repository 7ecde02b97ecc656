import { toServingError } from '@medserve/errors';
import type { CatalogueEntry, ModelCardEntry } from '@medserve/rpc';

type ModelName = Pick<CatalogueEntry, 'name' | 'version'>;

export interface CardSource {
  /** @throws ServingError `unavailable`, `model_not_found` */
  card(model: ModelName): Promise<ModelCardEntry>;
}

type Shelved = Promise<ModelCardEntry | undefined>;

/** Cards at hand: with at most 256 kB each, 16 MiB of text. */
const MOST_CARDS = 64;
/** A card is no part of a digest: one that was corrected is seen after so long. */
const FRESH_MS = 30_000;

/** Cards of models, fetched from a pod when somebody looks: no catalogue carries them. */
export class CardShelf {
  private readonly cards = new Map<string, { readonly card: Shelved; readonly sinceMs: number }>();

  constructor(
    private readonly source: CardSource,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** @returns undefined while no pod can be asked and none was before */
  of(entry: Pick<CatalogueEntry, 'name' | 'version' | 'digest'>): Shelved {
    const key = `${entry.name}:${entry.version}@${entry.digest}`;
    const kept = this.cards.get(key);
    if (kept !== undefined && this.nowMs() - kept.sinceMs < FRESH_MS) return kept.card;
    const card = this.fetch(key, entry, kept?.card);
    this.cards.delete(key);
    this.cards.set(key, { card, sinceMs: this.nowMs() });
    const [oldest] = this.cards.keys();
    if (this.cards.size > MOST_CARDS && oldest !== undefined) this.cards.delete(oldest);
    return card;
  }

  private async fetch(key: string, { name, version }: ModelName, before: Shelved | undefined): Shelved {
    try {
      return await this.source.card({ name, version });
    } catch (thrown) {
      if (toServingError(thrown).category === 'internal') throw thrown;
      // That there is none is not remembered: the next who looks asks again.
      if (before === undefined) this.cards.delete(key);
      return before;
    }
  }
}
