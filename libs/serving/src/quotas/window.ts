/** A window of a quota. All gateways name it by the same number, whatever their clocks say: a point belongs to its window. */
export interface Window {
  /** Milliseconds since 1970, a multiple of the window's length. */
  readonly startMs: number;
  readonly endMs: number;
}

export function windowAt(nowMs: number, windowS: number): Window {
  const lengthMs = windowS * 1000;
  const startMs = Math.floor(nowMs / lengthMs) * lengthMs;
  return { startMs, endMs: startMs + lengthMs };
}
