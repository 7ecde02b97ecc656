import { isFault, toServingError } from '@medserve/errors';
import { decodeFrame, type EncodedFrame, type IncomingRequest } from '@medserve/rpc';
import type { OpenSpan, Tracer } from '@medserve/runtime/tracing';

/**
 * Has a request answered. Of one that is traced, its times become spans after the fact: those that the answer tells of anyway, so
 * that nothing is measured twice, and a request that is not traced costs a comparison.
 */
export async function tracedRequest(
  tracer: Tracer,
  request: IncomingRequest,
  answer: () => Promise<EncodedFrame>,
): Promise<EncodedFrame> {
  const span = tracer.join('infer', request.routing.traceparent, request.receivedAtMs);
  if (span === undefined) return answer();
  try {
    const frame = await answer();
    tell(span, frame);
    return frame;
  } catch (error) {
    span.end({ isError: isFault(toServingError(error).reason) });
    throw error;
  }
}

/** The first part of a fresh frame is its header; one that was received is whole. */
const headerOf = (frame: EncodedFrame): Uint8Array => (Buffer.isBuffer(frame) ? frame : (frame.parts[0] ?? EMPTY));
const EMPTY = new Uint8Array();

function tell(span: OpenSpan, frame: EncodedFrame): void {
  const endMs = performance.now();
  const { body } = decodeFrame(headerOf(frame));
  if (body?.$case === 'response') {
    const { timings, model, version, task, batchRows } = body.value;
    const times = new Map(timings.map(({ name, milliseconds }) => [name, milliseconds]));
    tellParts(span, endMs, (name) => times.get(name));
    span.note({ model, modelVersion: version, task, count: batchRows });
    span.end({ endMs });
    return;
  }
  const reason = body?.$case === 'failure' ? body.value.reason : 'internal';
  span.note({ reason });
  span.end({ endMs, isError: isFault(reason) });
}

/**
 * Waiting and preprocessing are laid from the beginning, the run and the reading from the end: what lies between is the
 * preprocessing of the others in the batch.
 */
function tellParts(span: OpenSpan, endMs: number, timeOf: (name: string) => number | undefined): void {
  const beganMs = span.startMs + (timeOf('queue') ?? 0);
  const preparedMs = beganMs + (timeOf('preprocess') ?? 0);
  const ranMs = Math.max(preparedMs, endMs - (timeOf('read') ?? 0));
  const startedMs = Math.max(preparedMs, ranMs - (timeOf('run') ?? 0));
  span.part('batch wait', span.startMs, beganMs);
  span.part('preprocess', beganMs, preparedMs);
  span.part('execution', startedMs, ranMs);
  span.part('read', ranMs, endMs);
  const firstTokenMs = timeOf('firstToken');
  if (firstTokenMs !== undefined) span.part('first token', beganMs, beganMs + firstTokenMs);
}
