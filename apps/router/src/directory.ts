import type { Routing } from '@medserve/contracts';
import { ServingError } from '@medserve/errors';
import { reasonOfBroken, type CatalogueEntry } from '@medserve/rpc';
import { resolveModel, type Resolution } from '@medserve/serving';

const REFUSALS = {
  model_not_found: ['model', 'There is no model of this name and version.'],
  task_not_found: ['task', 'No model does a task of this name.'],
  task_not_available: ['task', 'No model does this task for this modality.'],
} as const;

/** What callers ask for in other words than these is looked up each time. */
const MOST_REMEMBERED = 1_024;

export type ModelWanted = Pick<Routing, 'task' | 'modality' | 'model' | 'version'>;

/** Which model a request is for, looked up once for each way of asking and each state of the catalogue. */
export class Directory {
  private entries: readonly CatalogueEntry[] = [];
  private readonly known = new Map<string, CatalogueEntry>();

  update(entries: readonly CatalogueEntry[]): void {
    this.entries = entries;
    this.known.clear();
  }

  /**
   * @param complete whether a model that is not in the catalogue does not exist
   * @throws ServingError `model_not_found`, `task_not_found`, `task_not_available`; `unavailable` in their place while a pod is
   *   away; `model_unloaded`, `model_broken`
   */
  resolve(wanted: ModelWanted, complete: boolean): CatalogueEntry {
    const { task, modality, model, version } = wanted;
    const words = `${model}\n${version}\n${task}\n${modality}`;
    const known = this.known.get(words);
    if (known) return known;
    const resolution = resolveModel(this.entries, {
      task: task || undefined,
      modality: modality || undefined,
      model: model === '' ? undefined : { name: model, version: version || undefined },
    });
    if (resolution.kind === 'refused') throw refusalOf(resolution, complete);
    if (this.known.size < MOST_REMEMBERED) this.known.set(words, resolution.model);
    return resolution.model;
  }
}

function refusalOf(refused: Extract<Resolution<CatalogueEntry>, { kind: 'refused' }>, complete: boolean): ServingError {
  const away = () =>
    new ServingError('unavailable', 'An inference pod cannot be reached, and it may be the one that has the model.');
  switch (refused.reason) {
    case 'model_unloaded':
      return new ServingError('model_unloaded', 'The model was unloaded on request.', { field: 'model' });
    case 'model_broken':
      if (!complete) return away();
      return new ServingError(
        reasonOfBroken(refused.model),
        `The package of the model is broken: ${refused.model.reason}`,
        {
          field: 'model',
        },
      );
    case 'model_not_found':
    case 'task_not_found':
    case 'task_not_available': {
      if (!complete) return away();
      const [field, detail] = REFUSALS[refused.reason];
      return new ServingError(refused.reason, detail, { field });
    }
  }
}
