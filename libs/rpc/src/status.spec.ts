import { REASONS, ServingError, type Reason } from '@medserve/errors';
import { fromStatus, toStatus } from './status';

const travelled = (error: ServingError) => fromStatus(Object.assign(new Error('wire'), toStatus(error)));

describe('the gRPC status of an error', () => {
  it.each(Object.keys(REASONS) as Reason[])('brings %s to the other side with all that it says', (reason) => {
    const error = new ServingError(reason, 'What happened.', { field: 'model', limit: 'n: 3', retryAfterMs: 1_250 });
    const { field, limit, remedy, retryAfterMs, message } = travelled(error);
    expect({ reason, field, limit, remedy, retryAfterMs, message }).toEqual({
      reason,
      field: 'model',
      limit: 'n: 3',
      remedy: error.remedy,
      retryAfterMs: 1_250,
      message: 'What happened.',
    });
  });

  it('keeps what it does not know from the caller', () => {
    const { code, details } = toStatus(new Error('password=hunter2'));
    expect({ code, details }).toEqual({ code: 13, details: 'An unexpected error occurred.' });
  });

  it('replaces what trailers cannot hold instead of failing', () => {
    expect(travelled(new ServingError('invalid_request', 'x', { field: 'fläche\n' })).field).toBe('fl?che?');
  });
});
