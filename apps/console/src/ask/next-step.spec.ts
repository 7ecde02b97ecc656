import { ApiError } from '../api';
import { nextStep } from './next-step';

const error = (code: string, retryAfterMs?: number): ApiError =>
  new ApiError({ title: '', status: 503, code, detail: '' }, retryAfterMs);

describe('what helps after a refusal', () => {
  it.each([
    ['modality_mismatch', undefined, { kind: 'send-anyway' }],
    ['model_loading', 4_000, { kind: 'wait', forMs: 4_000 }],
    ['overloaded', 1_000, { kind: 'wait', forMs: 1_000 }],
    ['inference_failed', undefined, { kind: 'send-again' }],
    ['unreadable_image', undefined, { kind: 'change' }],
  ])('of %s', (code, retryAfterMs, step) => {
    expect(nextStep(error(code, retryAfterMs), 1)).toEqual(step);
  });

  it('is a person after some times', () => {
    expect(nextStep(error('overloaded', 1_000), 5)).toEqual({ kind: 'send-again' });
  });
});
