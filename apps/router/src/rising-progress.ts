import { decodeFrame, peekFrame, type IncomingRequest } from '@medserve/rpc';

/** 0 of a frame that is no progress: most are parts of an answer, which are not looked at. */
function percentOf(frame: Buffer): number {
  if (peekFrame(frame).kind !== 'progress') return 0;
  const { body } = decodeFrame(frame);
  return body?.$case === 'progress' ? body.value.percent : 0;
}

/**
 * The request, to whose sender no percent goes down: what the router says of a request that a host handed back is not below
 * what was said before.
 */
export function risingProgress(request: IncomingRequest): IncomingRequest {
  if (!request.routing.wantsProgress) return request;
  let highest = 0;
  return {
    ...request,
    progress: (phase, percent, expectedMs) => {
      highest = Math.max(highest, percent);
      request.progress(phase, highest, expectedMs);
    },
    forward: (frame) => {
      highest = Math.max(highest, percentOf(frame));
      request.forward(frame);
    },
  };
}
