import { isFault, toServingError } from '@medserve/errors';
import {
  decodeFrame,
  peekFrame,
  reparent,
  type EncodedFrame,
  type FrameHandler,
  type IncomingRequest,
} from '@medserve/rpc';
import { currentSpan, withSpan, type OpenSpan, type Tracer } from '@medserve/runtime';
import type { RouterObserver } from './settings';

/** Requests that came when no replica of their pool was ready. */
const cold = new WeakSet<OpenSpan>();

/**
 * Has requests dispatched, those that are traced within a span of their own: the host's is its child. The others go through as they
 * come.
 */
export const tracedRoutes =
  (tracer: Tracer | undefined, dispatch: FrameHandler): FrameHandler =>
  (request) => {
    const { routing, bytes, receivedAtMs } = request;
    const span = tracer?.join('route', routing.traceparent, receivedAtMs);
    if (span === undefined) return dispatch(request);
    reparent(bytes, routing.traceparent, span.context.spanId);
    return untilAnswered(span, request, dispatch);
  };

async function untilAnswered(span: OpenSpan, request: IncomingRequest, dispatch: FrameHandler): Promise<EncodedFrame> {
  let isError = false;
  try {
    const frame = await withSpan(span, () => dispatch(request));
    isError = isFaulty(frame);
    return frame;
  } catch (error) {
    isError = isFault(toServingError(error).reason);
    throw error;
  } finally {
    span.end({ isError });
  }
}

/** Whether it tells of a failure that is ours, and not of what the caller sent. A fresh frame's first part is its header. */
function isFaulty(frame: EncodedFrame): boolean {
  const bytes = Buffer.isBuffer(frame) ? frame : frame.parts[0];
  if (bytes === undefined || peekFrame(bytes).kind !== 'failure') return false;
  const { body } = decodeFrame(bytes);
  return body?.$case === 'failure' && isFault(body.value.reason);
}

/** What the router tells its observer on the road of a request is told to the request's trace as well. */
export const traceWaits = (observer: Partial<RouterObserver>): Partial<RouterObserver> => ({
  ...observer,
  onColdRequest: (pool) => {
    observer.onColdRequest?.(pool);
    const span = currentSpan();
    if (span) cold.add(span);
  },
  onWaited: (seconds) => {
    observer.onWaited?.(seconds);
    const span = currentSpan();
    if (!span) return;
    const nowMs = performance.now();
    span.part(cold.has(span) ? 'cold start' : 'queue wait', nowMs - 1_000 * seconds, nowMs);
  },
});
