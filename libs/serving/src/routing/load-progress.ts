export interface LoadProgress {
  /** 0 to 99, never going down while time goes on. */
  readonly percent: number;
  /** How long it is expected to take still, in milliseconds; 0: not known. */
  readonly remainingMs: number;
}

/** Up to here the estimate is believed. */
const BELIEVED = 0.9;
/** Of a load that takes longer than expected: what is still to come, relative to what has passed. */
const STRETCH = 0.25;

/**
 * How far a load is. Near the end of the estimate it stops being believed: a load that takes longer is said to take a quarter
 * more of what it took, the percent creeps towards 99, and it is never said to be finished before it is.
 *
 * @param expectedMs as learned from earlier loads; 0: not known
 */
export function loadProgress(elapsedMs: number, expectedMs: number): LoadProgress {
  if (expectedMs <= 0) return { percent: 0, remainingMs: 0 };
  const believedMs = BELIEVED * expectedMs;
  if (elapsedMs < believedMs) {
    return { percent: Math.floor((100 * elapsedMs) / expectedMs), remainingMs: Math.ceil(expectedMs - elapsedMs) };
  }
  const creeping = 100 - (100 - 100 * BELIEVED) * (believedMs / elapsedMs);
  return {
    percent: Math.min(99, Math.floor(creeping)),
    remainingMs: Math.ceil(Math.max(expectedMs - elapsedMs, STRETCH * elapsedMs)),
  };
}
