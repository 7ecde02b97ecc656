/** Why something was not done: a word for programs, a sentence for people. The sentence holds nothing of a patient. */
export interface WhyNot {
  readonly code: WhyNotCode;
  readonly says: string;
}

export type WhyNotCode =
  /** No route's `when` holds. */
  | 'no_route'
  /** The sender named a route that there is not. */
  | 'unknown_route'
  | 'another_route_was_named'
  | 'condition'
  | 'no_images'
  | 'excluded'
  | 'too_few_slices'
  | 'too_many_slices'
  | 'another_was_preferred'
  | 'enough_chosen'
  /** The generation holds nothing that a run would see and the one before it did not hold. */
  | 'unchanged'
  /** A later generation came before this one had run. */
  | 'superseded'
  | 'cancelled'
  | 'run_failed'
  | 'no_answer'
  | 'results_failed'
  /** What its next step takes is not in the archive any more, or is too much. */
  | 'unreadable'
  /** Each process that worked on it ended, or was cut off: the study may be why. */
  | 'ends_its_worker'
  | 'undelivered';
