/** What is committed and not in the ledger yet. */
export interface OutboxDepth {
  readonly events: number;
  readonly bytes: number;
}

export type OutboxState = 'open' | 'near' | 'full';

/** From here it is told that the ceiling is near. */
const NEAR = 0.8;
/** What was full lets in again only below this part of the ceiling, so that it is not opened and shut by turns. */
const REOPEN = 0.95;

/** Whether more may be accepted, by the more pressing of the two bounds. */
export function judgeOutbox(depth: OutboxDepth, ceiling: OutboxDepth, before: OutboxState): OutboxState {
  const fill = Math.max(depth.events / ceiling.events, depth.bytes / ceiling.bytes);
  if (fill >= 1 || (before === 'full' && fill >= REOPEN)) return 'full';
  return fill >= NEAR ? 'near' : 'open';
}
