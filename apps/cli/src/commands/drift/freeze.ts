import type { MonitorStore } from '@medserve/storage';

/** A model as commands name it: a name may hold a colon, so what follows the last one is the version. */
export interface NamedModel {
  readonly name: string;
  /** Absent: all of them. */
  readonly version?: string;
}

export function namedModel(text: string): NamedModel {
  const colon = text.lastIndexOf(':');
  return colon === -1 ? { name: text } : { name: text.slice(0, colon), version: text.slice(colon + 1) };
}

/** Whether something is of the model that was named. */
export const isOf = (named: NamedModel, { model, version }: { readonly model: string; readonly version: string }) =>
  model === named.name && version === (named.version ?? version);

/**
 * Has the first answers of a model forgotten, at all places.
 *
 * @throws Error where nothing was watched of it: a name that is misspelt would freeze nothing, and nobody would know
 */
export async function freezeModel(
  monitor: Pick<MonitorStore, 'series' | 'askToRelearn'>,
  model: string,
): Promise<void> {
  const named = namedModel(model);
  if (!(await monitor.series()).some((series) => isOf(named, series)))
    throw new Error(`nothing was watched of ${model} yet; "medserve drift" lists what was`);
  await monitor.askToRelearn(named.name, named.version);
}
