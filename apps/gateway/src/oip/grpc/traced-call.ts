import { isFault, toServingError } from '@medserve/errors';
import type { CallContext } from '@medserve/rpc';
import { withSpan, type Tracer } from '@medserve/runtime';

/**
 * Does the work of a call for one request, traced as the metadata `traceparent` says (W3C Trace Context) or anew. Of a stream each
 * request is a request.
 */
export async function traced<T>(
  tracer: Tracer,
  { metadata }: Pick<CallContext, 'metadata'>,
  method: string,
  work: () => Promise<T>,
): Promise<T> {
  const [traceparent] = metadata.get('traceparent');
  const span = tracer.accept(traceparent);
  if (span === undefined) return work();
  span.note({ 'rpc.method': method });
  let isError = false;
  try {
    return await withSpan(span, work);
  } catch (error) {
    const { reason } = toServingError(error);
    // What the caller did wrong, or too often, is an answer and no error of ours.
    isError = isFault(reason);
    span.note({ reason });
    throw error;
  } finally {
    span.end({ isError });
  }
}
