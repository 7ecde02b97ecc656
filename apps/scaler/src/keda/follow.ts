import type { Decisions } from '../decisions/decisions';

/** Calls `look` now and after every change, one at a time, until the signal; changes during a look are one more look. */
export async function follow(
  decisions: Pick<Decisions, 'onChange'>,
  signal: AbortSignal,
  look: () => Promise<void>,
): Promise<void> {
  let wake: () => void = () => undefined;
  const changed = (): void => {
    wake();
  };
  const stop = decisions.onChange(changed);
  signal.addEventListener('abort', changed, { once: true });
  try {
    while (!signal.aborted) {
      // Armed before the look, so that no change is missed between looking and waiting.
      const next = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await look();
      await next;
    }
  } finally {
    stop();
    // A signal that is listened to is kept for as long as what it follows, here the server.
    signal.removeEventListener('abort', changed);
  }
}
