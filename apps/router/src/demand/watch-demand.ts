import type { WatchDemandRequest, WatchDemandResponse } from '@medserve/contracts';
import { streamMethod } from '@medserve/rpc';
import type { DemandBoard } from './demand-board';

const TELL_EVERY_MS = 1_000;

/**
 * What is asked of the pools: at once with all seconds that are kept, then every second, and at once when a pool becomes active of
 * which the message before said that it is not. Ends with the signal. Who asks late for the next message gets the seconds between in
 * one.
 */
export async function* demandMessages(board: DemandBoard, ended: AbortSignal): AsyncGenerator<WatchDemandResponse> {
  const active = new Set<string>();
  let toldAtMs: number | undefined;
  let wake: () => void = () => undefined;
  const stop = board.onActive((pool) => {
    if (!active.has(pool)) wake();
  });
  const woken = (): void => {
    wake();
  };
  ended.addEventListener('abort', woken, { once: true });
  try {
    while (!ended.aborted) {
      // Armed before the state is read, so that no edge is missed while the message is sent.
      const next = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const timer = setTimeout(woken, TELL_EVERY_MS);
      const nowMs = performance.now();
      const message = board.message(nowMs, toldAtMs);
      toldAtMs = nowMs;
      active.clear();
      for (const pool of message.pools) if (pool.active) active.add(pool.pool);
      try {
        yield message;
        await next;
      } finally {
        clearTimeout(timer);
      }
    }
  } finally {
    ended.removeEventListener('abort', woken);
    stop();
  }
}

/** A slow reader is waited for: it gets fewer messages, and misses no second. */
export const watchDemand = (board: DemandBoard, closing: AbortSignal) =>
  streamMethod<WatchDemandRequest, WatchDemandResponse>(async (_request, send, { signal }) => {
    for await (const message of demandMessages(board, AbortSignal.any([signal, closing]))) await send(message);
  });
