import { FramePayload } from '@medserve/rpc';
import { explain, type Candidate, type Explained, type Situation } from '@medserve/serving';

/** Field 8 of a frame, `decision_json`, as a length-delimited field. */
const DECISION_TAG = (8 << 3) | 2;
/** A pool has few replicas; this bounds what is told of one that has many. */
const MOST_CANDIDATES = 16;

/** How the router chose; of pods their addresses only. */
export interface Decision {
  readonly model: string;
  readonly version: string;
  readonly candidates: readonly Explained[];
  /** Candidates that are not listed. */
  readonly omitted: number;
  /** Address of the pod that answered. */
  readonly picked: string;
  /** Milliseconds in the router's queue, of all attempts together. */
  readonly queuedMs: number;
  readonly attempts: number;
}

/** Why each could or could not have been chosen, as it is when the choice is made. */
export function explainChoice(
  candidates: readonly Candidate[],
  situation: Situation,
): Pick<Decision, 'candidates' | 'omitted'> {
  const explained = explain(candidates, situation).slice(0, MOST_CANDIDATES);
  return { candidates: explained, omitted: candidates.length - explained.length };
}

function varint(value: number): number[] {
  const low: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) low.push((rest & 0x7f) | 0x80);
  return [...low, rest];
}

/** The frame as it came with the decision behind it: Protocol Buffers read the fields of a message in any order. */
export function appendDecision(frame: Buffer, decision: Decision): FramePayload {
  const text = Buffer.from(JSON.stringify(decision));
  return new FramePayload([frame, Uint8Array.from([DECISION_TAG, ...varint(text.byteLength)]), text]);
}
