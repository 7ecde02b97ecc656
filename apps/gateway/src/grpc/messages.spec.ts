import { MAX_DEADLINE_MS } from '../infer/inference-request';
import { deadlineOf } from './messages';

describe('the deadline of a native call', () => {
  const inMs = (ms: number) => ({ deadlineAtMs: Date.now() + ms });

  it('is at most the longest of a request, however long the caller would wait', () => {
    expect(deadlineOf({ deadlineMs: 0 }, inMs(10 * MAX_DEADLINE_MS))).toBe(MAX_DEADLINE_MS);
  });

  it('is what the message says where the call ends later', () => {
    expect(deadlineOf({ deadlineMs: 500 }, inMs(MAX_DEADLINE_MS))).toBe(500);
    expect(deadlineOf({ deadlineMs: 500 }, { deadlineAtMs: Infinity })).toBe(500);
  });

  it('is left to the default where nobody says one', () => {
    expect(deadlineOf({ deadlineMs: 0 }, { deadlineAtMs: Infinity })).toBeUndefined();
  });
});
