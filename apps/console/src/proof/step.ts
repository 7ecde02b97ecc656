import { ProofError, type Checkpoint, type Fault, type PathStep, type VerifierKey } from './log';

/** What is checked, in the order in which it stands on the page; the last three are about one entry each. */
export type StepName = 'signature' | 'root' | 'continuity' | 'entry' | 'path' | 'answer';

/** Why a step says nothing for or against the log. */
export type Unchecked =
  | 'no-ed25519'
  /** This browser sees the log for the first time. */
  | 'first-visit'
  /** Signed with another key than the one that this browser saw first. */
  | 'other-key'
  /** The entry stands in a log that is not the one that is read: it is older than the log of the tenant. */
  | 'other-log'
  /** The log does not give the entry out any more, or not to this tenant. */
  | 'entry-withheld'
  /** The entry names no answer. */
  | 'no-answer-named'
  | 'answer-forbidden'
  | 'answer-gone';

export interface Step {
  readonly name: StepName;
  /** Of the entry that it is about. */
  readonly sequence?: number;
  readonly verdict: 'running' | 'holds' | 'fails' | 'unchecked';
  readonly fault?: Fault;
  readonly unchecked?: Unchecked;
  /** Waits for the log to be signed as far as the entry. */
  readonly waiting?: { readonly covered: number; readonly wanted: number };
  readonly log?: { readonly key: VerifierKey; readonly checkpoint: Checkpoint; readonly witnesses: readonly string[] };
  /** How many entries the log had when this browser saw it before. */
  readonly before?: number;
  /** In hex: the one that was computed here, and held against what was told. */
  readonly hash?: string;
  readonly path?: readonly PathStep[];
}

export type Tell = (step: Step) => void;

/** A step has failed, which was told: what stands on it cannot be checked. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

/**
 * Takes a step and tells how it went.
 *
 * @throws StoppedError once a fault was told; whatever else `work` throws
 */
export async function take<T>(
  tell: Tell,
  step: Pick<Step, 'name' | 'sequence'>,
  work: () => Promise<readonly [T, Partial<Step>]>,
): Promise<T> {
  tell({ ...step, verdict: 'running' });
  try {
    const [value, told] = await work();
    tell({ ...step, verdict: 'holds', ...told });
    return value;
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    tell({ ...step, verdict: 'fails', fault: error.fault });
    throw new StoppedError(error.message, { cause: error });
  }
}

/** The steps with a newer one in its place. */
export function withStep(steps: readonly Step[], step: Step): readonly Step[] {
  const at = steps.findIndex(({ name, sequence }) => name === step.name && sequence === step.sequence);
  return at < 0 ? [...steps, step] : steps.with(at, step);
}

/** Whether that a step was not checked takes nothing from what the others show. */
export const isMinor = ({ unchecked }: Step): boolean => unchecked === 'first-visit' || unchecked === 'no-answer-named';

/** What the steps come to: whether anything failed, all of it that has to be held, or not all could be checked. */
export function verdictOf(steps: readonly Step[]): 'holds' | 'fails' | 'partly' {
  if (steps.some(({ verdict }) => verdict === 'fails')) return 'fails';
  return steps.length > 0 && steps.every((step) => step.verdict === 'holds' || isMinor(step)) ? 'holds' : 'partly';
}
