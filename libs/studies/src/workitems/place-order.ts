import type { StudyState } from '../engine/study-work';
import type { InputReadiness } from './workitem';

/** A generation of the study that a workitem asks about. */
export interface OrderedGeneration {
  readonly generation: number;
  readonly state: StudyState;
  readonly reason: string | null;
  /** Routes that take it, once it is complete. */
  readonly routes: readonly string[];
}

export interface Order {
  /** Worklist Label: the name of a route. */
  readonly route: string;
  readonly readiness: InputReadiness;
  /** Whether all instances that it names are here; also where it names none. */
  readonly hasInputs: boolean;
}

export type Placing =
  /** Nothing of it is here, or not all that it names. */
  | { readonly do: 'wait' }
  /** The route is added to a generation that still comes in. @member go it is complete, says who ordered it */
  | { readonly do: 'add'; readonly generation: number; readonly go: boolean }
  /** The route works on it, or did, and nothing new would be seen. */
  | { readonly do: 'join'; readonly generation: number }
  /** All of the study once more, with this route. */
  | { readonly do: 'begin'; readonly generation: number }
  /** The route was asked, and sees nothing in the study that it could take. */
  | { readonly do: 'give-up' };

/**
 * What becomes of an order for a route on a study.
 *
 * @param generations of the study, the latest first
 */
export function placeOrder(generations: readonly OrderedGeneration[], { route, readiness, hasInputs }: Order): Placing {
  const [latest] = generations;
  if (latest === undefined || !hasInputs) return { do: 'wait' };
  if (latest.state === 'receiving') return { do: 'add', generation: latest.generation, go: readiness === 'READY' };
  const standing = generations.find(({ reason }) => reason !== 'unchanged');
  const isTaken = standing?.routes.includes(route) === true && !isUndone(standing.state);
  if (isTaken) return { do: 'join', generation: standing.generation };
  if (latest.reason === 'unchanged') return { do: 'give-up' };
  return { do: 'begin', generation: latest.generation + 1 };
}

const isUndone = (state: StudyState): boolean => state === 'skipped' || state === 'failed';
