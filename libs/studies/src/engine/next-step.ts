import type { WhyNot } from '../routes/why-not';
import type { StudyDelivery, StudyRun, StudyWork } from './study-work';

/** What is to be done next with a generation. */
export type Step =
  /** See whether all of it is there. */
  | { readonly do: 'look' }
  | { readonly do: 'run'; readonly run: StudyRun }
  /** All runs have ended, and there is something to make results of. */
  | { readonly do: 'infer-end' }
  | { readonly do: 'fail'; readonly why: WhyNot }
  | { readonly do: 'make-results' }
  | { readonly do: 'watch-deliveries' }
  | { readonly do: 'nothing' };

export function nextStep(work: StudyWork): Step {
  switch (work.state) {
    case 'receiving':
      return { do: 'look' };
    case 'complete':
    case 'inferring':
      return nextRun(work);
    case 'inferred':
      return { do: 'make-results' };
    case 'exporting':
      return { do: 'watch-deliveries' };
    case 'exported':
    case 'skipped':
    case 'failed':
      return { do: 'nothing' };
  }
}

function nextRun({ runs, plan }: StudyWork): Step {
  const failed = runs.find(({ state }) => state === 'failed');
  if (failed !== undefined && plan.onFailure === 'fail') return { do: 'fail', why: runFailed(failed) };
  const run = runs.find(({ state }) => state === 'waiting');
  if (run !== undefined) return { do: 'run', run };
  if (runs.some(({ state }) => state === 'answered')) return { do: 'infer-end' };
  if (failed !== undefined) return { do: 'fail', why: runFailed(failed) };
  return { do: 'fail', why: { code: 'no_answer', says: 'no model is served that could do any run of its routes' } };
}

const runFailed = ({ route, name, reason }: StudyRun): WhyNot => ({
  code: 'run_failed',
  says: `the run ${name} of route ${route} failed: ${reason ?? 'for no reason that is known'}`,
});

export type DeliveryVerdict = 'wait' | 'exported' | WhyNot;

/** Whether a study has reached everybody whom it was to reach. */
export function judgeDeliveries(deliveries: readonly StudyDelivery[]): DeliveryVerdict {
  if (deliveries.some(({ state }) => state === 'waiting' || state === 'sending')) return 'wait';
  const dead = deliveries.filter(({ state }) => state === 'dead').map(({ destination }) => destination);
  if (dead.length === 0) return 'exported';
  return { code: 'undelivered', says: `not delivered to ${dead.join(', ')}` };
}
