import { DEFAULT_DEADLINE_MS, MAX_DEADLINE_MS } from '../infer/inference-request';
import { readRequestParameters, type ParameterValue } from './request-parameters';

const read = (parameters: Record<string, ParameterValue>) => readRequestParameters(new Map(Object.entries(parameters)));

describe('the parameters of a request', () => {
  it.each<[number | bigint, string]>([
    [0, 'routine'],
    [1, 'stat'],
    [2, 'urgent'],
    [3, 'routine'],
    [4, 'research'],
    [2n ** 63n, 'research'],
  ])('make priority %s the class %s', (priority, urgency) => {
    expect(read({ priority }).class).toBe(urgency);
  });

  it.each([
    [0, DEFAULT_DEADLINE_MS],
    [1, 1],
    [1_500, 2],
    [60_000_000, 60_000],
    [1e15, MAX_DEADLINE_MS],
  ])('make a timeout of %i microseconds a deadline of %i milliseconds', (timeout, deadlineMs) => {
    expect(read({ timeout }).deadlineMs).toBe(deadlineMs);
  });

  it.each<[ParameterValue, string | undefined]>([
    [7, '7'],
    ['visit', 'visit'],
    [2n ** 60n, '1152921504606846976'],
    [0, undefined],
    ['', undefined],
  ])('make the sequence %s keep to one replica', (sequence_id, affinityKey) => {
    expect(read({ sequence_id }).affinityKey).toBe(affinityKey);
  });

  it('take names that mean nothing here', () => {
    expect(read({ text: 'a', whole: 3, real: 0.5, flag: true, sequence_start: true }).class).toBe('routine');
  });

  it.each<[Record<string, ParameterValue>]>([
    [{ triton_mine: 1 }],
    [{ priority: -1 }],
    [{ priority: 'high' }],
    [{ timeout: 0.5 }],
    [{ timeout: NaN }],
    [{ sequence_id: 1.5 }],
    [{ sequence_id: true }],
    [{ sequence_id: 'x'.repeat(257) }],
  ])('are refused: %j', (parameters) => {
    expect(() => read(parameters)).toThrow(expect.objectContaining({ reason: 'invalid_request' }) as Error);
  });
});
