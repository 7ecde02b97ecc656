import type { ActivityEvent } from '@medserve/events';
import { Activities } from '../activities/activities';
import { AuditedResults } from '../records/audited-results';
import { Denials } from '../activities/denials';
import { ModelChanges } from '../oip/model-changes';
import type { Oversight } from '../oversight/oversight';
import type { ResultReader } from '../records/result-reader';
import type { OipModels } from '../oip/ports';

const NO_MODELS: Pick<OipModels, 'load' | 'unload' | 'index'> = {
  load: () => Promise.resolve(),
  unload: () => Promise.resolve(),
  index: () => [],
};

/** What doors need of the oversight without a database; what gets on record is in `told`. */
export function quietOversight(
  results: Pick<ResultReader, 'read' | 'exists'>,
  models = NO_MODELS,
): { readonly oversight: Oversight; readonly told: ActivityEvent[] } {
  const told: ActivityEvent[] = [];
  const record = (event: ActivityEvent): Promise<void> => {
    told.push(event);
    return Promise.resolve();
  };
  const activities = new Activities({ record }, { check: () => undefined }, () => new Date(0));
  const denials = new Denials(activities);
  const breakGlass: Pick<Oversight['breakGlass'], 'widen'> = { widen: (by) => Promise.resolve(by) };
  const needed: Partial<Oversight> = {
    activities,
    denials,
    results: new AuditedResults(results, activities, denials),
    changes: new ModelChanges(models, activities),
    breakGlass: breakGlass as Oversight['breakGlass'],
  };
  return { oversight: needed as Oversight, told };
}
