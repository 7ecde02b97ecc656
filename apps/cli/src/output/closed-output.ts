import type { EventEmitter } from 'node:events';

/** What shells make of SIGPIPE (13), which Node ignores: whoever read along has closed. */
export const CLOSED_STATUS = 128 + 13;

/** Whether a command failed only because nobody reads what it writes any more: `medserve audit export --fhir | head`. */
export const isClosedOutput = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EPIPE';

/**
 * Nobody reads along any more: what is written is lost from here on, and what runs goes on to its end, so that a database that was
 * started for it is stopped, and a platform whose `tee` was killed serves on.
 *
 * @param closed is told so, each time
 */
export function outliveReader(output: Pick<EventEmitter, 'on'>, closed: () => void): void {
  output.on('error', (error: Error) => {
    if (!isClosedOutput(error)) throw error;
    closed();
  });
}
