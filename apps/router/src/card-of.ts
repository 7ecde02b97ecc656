import { ServingError, toServingError } from '@medserve/errors';
import type { ModelCardEntry, ModelKey } from '@medserve/rpc';
import type { Fleet } from './fleet';
import { keyOf } from './keys';

const ASK_FOR_MS = 1_000;
/** Pods that are asked one after another, where those before did not answer. */
const MOST_ASKED = 3;

/**
 * What a package says of itself at length, from a pod that has it.
 *
 * @throws ServingError `model_not_found` of a model that nobody has; `unavailable` while no pod that has it can be heard
 */
export async function cardOf(fleet: Fleet, model: ModelKey, signal: AbortSignal): Promise<ModelCardEntry> {
  const key = keyOf(model);
  const having = fleet.members.filter(
    ({ reachable, models }) => reachable && models.some((entry) => keyOf(entry) === key),
  );
  for (const { client } of having.slice(0, MOST_ASKED)) {
    const found = await client.card(model, { deadlineMs: ASK_FOR_MS, signal }).catch(toServingError);
    if (!(found instanceof ServingError)) return found;
  }
  if (having.length === 0 && fleet.complete && !fleet.catalogue.some((entry) => keyOf(entry) === key)) {
    throw new ServingError('model_not_found', 'There is no model of this name and version.', { field: 'model' });
  }
  throw new ServingError('unavailable', 'No pod that has the model can be asked for its card now.');
}
