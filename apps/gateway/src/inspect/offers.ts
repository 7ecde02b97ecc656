import { TASKS, type Modality, type Task } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { CatalogueEntry } from '@medserve/rpc';
import { defaultChoice } from '../infer/default-choice';
import { isServed, type LiveCatalogue } from '../infer/live-catalogue';
import type { Choice } from '../infer/ports';

/** A model that could be asked. */
export interface OfferedModel {
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly isDefault: boolean;
  readonly state: string;
  /** Whether it can answer at once. */
  readonly isWarm: boolean;
  /** How long it is expected to take to load, in milliseconds, where that is known. */
  readonly expectedLoadMs?: number;
}

/** A task that could be asked of an image, and who does it. */
export interface Offer {
  readonly modality: string;
  readonly task: string;
  readonly title: string;
  readonly question: 'none' | 'required';
  readonly wantsPhrase: boolean;
  readonly isDefault: boolean;
  readonly models: readonly OfferedModel[];
}

export type OfferCatalogue = Pick<LiveCatalogue, 'list' | 'warmth' | 'check'>;

/**
 * What can be asked of an image of a modality: its default task first, then the others as they are registered; of each the model
 * that answers where none is named first, then by name, the newest version first.
 *
 * @param wanted the only task that is asked about; absent: all
 */
export function offersFor(catalogue: OfferCatalogue, modality: Modality, wanted?: string): readonly Offer[] {
  const first = orNone(() => defaultChoice(catalogue, modality));
  const tasks = [...TASKS.values()].filter(({ id, isPublic }) => isPublic && (wanted ?? id) === id);
  return tasks
    .map((task) => offerOf(catalogue, modality, task, first?.task === task.id))
    .filter(({ models }) => models.length > 0)
    .sort((one, other) => Number(other.isDefault) - Number(one.isDefault));
}

function offerOf(catalogue: OfferCatalogue, { id: modality }: Modality, task: Task, isDefault: boolean): Offer {
  const able = catalogue
    .list()
    .filter((entry) => isServed(entry) && entry.serves.some((it) => it.task === task.id && it.modality === modality));
  const chosen = orNone(() => catalogue.check({ task: task.id, modality }));
  return {
    modality,
    task: task.id,
    title: task.title,
    question: task.asksQuestion ? 'required' : 'none',
    wantsPhrase: task.id === 'ground',
    isDefault,
    models: able.map((entry) => modelOf(catalogue, entry, chosen)).sort(byPlace),
  };
}

function modelOf(catalogue: OfferCatalogue, entry: CatalogueEntry, chosen: Choice | undefined): OfferedModel {
  const { name, version, title, state } = entry;
  const warmth = catalogue.warmth(entry);
  return {
    name,
    version,
    title,
    isDefault: chosen?.modelName === name && chosen.version === version,
    state,
    isWarm: warmth.kind === 'warm',
    ...(warmth.kind === 'cold' && warmth.expectedMs > 0 ? { expectedLoadMs: Math.ceil(warmth.expectedMs) } : {}),
  };
}

const byPlace = (one: OfferedModel, other: OfferedModel): number =>
  Number(other.isDefault) - Number(one.isDefault) ||
  one.name.localeCompare(other.name) ||
  Number(other.version) - Number(one.version);

/** What nobody does, or only a model that is not served, is not offered. */
function orNone(choose: () => Choice): Choice | undefined {
  try {
    return choose();
  } catch (thrown) {
    if (thrown instanceof ServingError) return undefined;
    throw thrown;
  }
}
