import { AsyncLocalStorage } from 'node:async_hooks';
import type { OpenSpan } from './open-span';

/** Which request the code that runs is for. Only of those that are traced: the others cost nothing here. */
const storage = new AsyncLocalStorage<OpenSpan>();

export const withSpan = <T>(span: OpenSpan, work: () => T): T => storage.run(span, work);

/**
 * The span of the request that is being worked on; undefined: it is not traced, or was answered. What outlives a request, a
 * connection that it opened say, does not speak for it.
 */
export function currentSpan(): OpenSpan | undefined {
  const span = storage.getStore();
  return span?.hasEnded === true ? undefined : span;
}
