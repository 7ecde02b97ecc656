import type { handleServerStreamingCall } from '@grpc/grpc-js';
import { streamMethod } from './handlers';

export interface Watched<Message> {
  /** Calls `listener` after every change; gives back how to stop. */
  readonly onChange: (listener: () => void) => () => void;
  /** The state as it is now; undefined: nothing is known yet. */
  readonly current: () => Message | undefined;
}

/**
 * A server-streaming method that sends a state as it is, and again after changes, until the caller leaves or the server closes.
 * A slow reader gets the newest state and skips those between.
 */
export function watchMethod<Request, Message>(
  { onChange, current }: Watched<Message>,
  closing: AbortSignal,
): handleServerStreamingCall<Request, Message> {
  return streamMethod<Request, Message>(async (_request, send, { signal }) => {
    let changed: () => void = () => undefined;
    const wake = (): void => {
      changed();
    };
    const stop = onChange(wake);
    const ended = AbortSignal.any([signal, closing]);
    ended.addEventListener('abort', wake, { once: true });
    try {
      while (!ended.aborted) {
        // Armed before the state is read, so that no change is missed between reading and waiting.
        const next = new Promise<void>((resolve) => {
          changed = resolve;
        });
        const state = current();
        if (state !== undefined) await send(state);
        await next;
      }
    } finally {
      stop();
    }
  });
}
