import { ServingError } from '@medserve/errors';
import type { SubscriptionFilter, WorkitemMatch } from '@medserve/storage';
import { parseWorkitemSearch } from '../search-query';

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

const OWN = new Set(['deletionlock', 'filter']);
/** What a workitem is filtered by: a subscription has no end, and so names nobody. */
const BY = new Set<keyof WorkitemMatch>(['labels', 'priorities', 'readiness', 'scheduled']);
/** A comma before the next name; one inside of a value parts values of a list. */
const NEXT_KEY = /,(?=[A-Za-z0-9.]+=)/;

const refused = (detail: string): ServingError =>
  new ServingError('invalid_request', detail, {
    field: 'filter',
    remedy: 'Write filter=WorklistLabel=NAME,ScheduledProcedureStepPriority=HIGH with keys of a search for workitems.',
  });

/**
 * What workitems have to match for somebody who subscribes to a part of the worklist: `filter=attribute=value,...` (PS3.18 11.10.1.2),
 * or, as it was before 2019, each key as a parameter of its own.
 *
 * @throws ServingError `invalid_request` naming the parameter: also for what would choose nothing, as the subscriber would be told of more
 *   than was asked for
 */
export function parseSubscriptionFilter(query: Query): SubscriptionFilter {
  const keys: Record<string, string> = {};
  const add = (name: string, value: string): void => {
    if (keys[name] !== undefined) throw refused(`The key ${name} stands there more than once.`);
    keys[name] = value;
  };
  for (const [name, value] of Object.entries(query)) {
    if (OWN.has(name)) continue;
    if (typeof value !== 'string') throw refused(`The key ${name} stands there more than once.`);
    add(name, value);
  }
  const { filter = '' } = query;
  if (typeof filter !== 'string') throw refused('The parameter stands there more than once.');
  for (const pair of filter.split(NEXT_KEY).filter((one) => one !== '')) {
    const at = pair.indexOf('=');
    if (at < 1) throw refused('It is a list of attribute=value.');
    add(pair.slice(0, at), pair.slice(at + 1));
  }
  const { match, ignored } = parseWorkitemSearch(keys);
  if (ignored.length > 0) throw refused(`No subscription goes by ${ignored.join(', ')}.`);
  const { states, ...wanted } = match;
  if (Object.keys(wanted).some((name) => !BY.has(name as keyof WorkitemMatch))) {
    throw refused(
      'A subscription goes by label, priority, input readiness and scheduled start, and by nothing that names a patient or a study.',
    );
  }
  // Every workitem is SCHEDULED when it is created, and its subscribers are told of all that follows.
  if (states !== undefined && !states.includes('SCHEDULED')) {
    throw refused('A subscription is to workitems from their creation on, when they are SCHEDULED.');
  }
  if (Object.keys(wanted).length === 0) throw refused('It says nothing of what is to be matched.');
  return wanted;
}
