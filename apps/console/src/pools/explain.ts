import type { Because, Decision } from './pool';

const KNOWN: readonly string[] = [
  'demand',
  'panic',
  'floor',
  'least',
  'most',
  'linger',
  'window',
  'pace',
  'idle',
] satisfies readonly Because[];

/** The text that says why as many replicas are to be there; a rule that this page does not know is told by its name. */
export const reasonKey = ({ because }: Decision): Because | 'otherReason' =>
  KNOWN.includes(because) ? (because as Because) : 'otherReason';
