import type { GenerationDelta } from '@medserve/clinical';
import type { Failure } from '@medserve/contracts';
import { REASONS, ServingError, type Reason } from '@medserve/errors';
import { encodeFrame } from './codec';
import type { FramePayload } from './frame-payload';

export const isReason = (text: string): text is Reason => Object.hasOwn(REASONS, text);

function failureOf(error: ServingError): Failure {
  return {
    reason: error.reason,
    detail: error.message,
    field: error.field ?? '',
    limit: error.limit ?? '',
    remedy: error.remedy,
    retryAfterMs: error.retryAfterMs ?? 0,
  };
}

/** The error that a failure frame tells of; a reason from a newer release becomes `internal`. */
export function errorOf(failure: Failure): ServingError {
  return new ServingError(isReason(failure.reason) ? failure.reason : 'internal', failure.detail, {
    field: failure.field || undefined,
    limit: failure.limit || undefined,
    remedy: failure.remedy || undefined,
    retryAfterMs: failure.retryAfterMs || undefined,
  });
}

export const failureFrame = (id: string, error: ServingError): FramePayload =>
  encodeFrame({ id, body: { $case: 'failure', value: failureOf(error) }, raw: [] });

/** @param expectedMs how long the phase is expected to take still; 0: not known */
export const progressFrame = (id: string, phase: string, percent: number, expectedMs = 0): FramePayload =>
  encodeFrame({ id, body: { $case: 'progress', value: { phase, percent, expectedMs } }, raw: [] });

export const deltaFrame = (id: string, delta: GenerationDelta): FramePayload =>
  encodeFrame({ id, body: { $case: 'delta', value: { deltaJson: JSON.stringify(delta) } }, raw: [] });

export const cancelFrame = (id: string): FramePayload =>
  encodeFrame({ id, body: { $case: 'cancel', value: {} }, raw: [] });

/** To a client, of no request: send nothing new over this stream, its server is about to go. */
export const leavingFrame = (): FramePayload =>
  failureFrame('', new ServingError('unavailable', 'This part of the platform is going away.'));
