import type { Modality } from '@medserve/clinical';
import { toServingError } from '@medserve/errors';
import type { Catalogue, Choice } from './ports';

/**
 * What answers who names neither task nor model: the modality's default task, or where no model does that one, whatever one does.
 *
 * @throws ServingError `task_not_available` where no model does anything; what is wrong with the model that would
 */
export function defaultChoice(catalogue: Pick<Catalogue, 'check'>, { id: modality, defaultTask }: Modality): Choice {
  try {
    return catalogue.check({ task: defaultTask, modality });
  } catch (thrown) {
    const { reason } = toServingError(thrown);
    if (reason === 'task_not_found' || reason === 'task_not_available') return catalogue.check({ modality });
    throw thrown;
  }
}
