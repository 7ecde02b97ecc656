import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, MethodDefinition } from '@grpc/grpc-js';

export interface Watch {
  /** Ends the watching; `onMessage` and `onLost` are not called any more. */
  close(): void;
}

export interface WatchOptions<Request, Response> {
  readonly client: Client;
  readonly method: MethodDefinition<Request, Response>;
  readonly request: Request;
  readonly onMessage: (message: Response) => void;
  /** The stream broke or could not be opened; it is tried again. */
  readonly onLost: () => void;
}

const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 1_000;

/** Follows a server stream for as long as nobody closes the watch, over breaks. */
export function watch<Request, Response>(options: WatchOptions<Request, Response>): Watch {
  const { client, method, request, onMessage, onLost } = options;
  const closing = new AbortController();
  const { signal } = closing;

  const follow = (): Promise<boolean> =>
    new Promise((resolve) => {
      let heard = false;
      const call = client.makeServerStreamRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
      );
      const cancel = (): void => {
        call.cancel();
      };
      const over = (): void => {
        signal.removeEventListener('abort', cancel);
        resolve(heard);
      };
      signal.addEventListener('abort', cancel, { once: true });
      call.on('data', (message: Response) => {
        heard = true;
        if (!signal.aborted) onMessage(message);
      });
      call.on('error', over);
      call.on('end', over);
    });

  const run = async (): Promise<void> => {
    let backoffMs = FIRST_BACKOFF_MS;
    for (;;) {
      if (await follow()) backoffMs = FIRST_BACKOFF_MS;
      if (signal.aborted) return;
      onLost();
      await sleep(backoffMs, undefined, { signal });
      backoffMs = Math.min(2 * backoffMs, MAX_BACKOFF_MS);
    }
  };
  // Only the end of the watch ends it: the sleep is cut short then.
  run().catch(() => undefined);
  return {
    close: () => {
      closing.abort();
    },
  };
}
