/** Time as the scaler sees it, so that a test can let it pass. */
export interface Clock {
  /** Milliseconds since the epoch, as far as was known at the start; it never jumps, whoever sets the clock on the wall. */
  now(): number;
  /** Milliseconds since the epoch, as far as is known now. */
  wall(): number;
  /** Calls `listener` again and again; gives back how to stop. */
  every(periodMs: number, listener: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  wall: () => Date.now(),
  every: (periodMs, listener) => {
    const timer = setInterval(listener, periodMs).unref();
    return () => {
      clearInterval(timer);
    };
  },
};
