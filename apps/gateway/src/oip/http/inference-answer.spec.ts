import type { TensorBytes } from '@medserve/rpc';
import type { OipAnswer } from '../ports';
import { answerBody } from './inference-answer';

const flags = (name: string, count: number): TensorBytes => ({
  name,
  datatype: 'BOOL',
  shape: [count],
  bytes: new Uint8Array(count),
});
const answer = (...outputs: TensorBytes[]): OipAnswer => ({
  requestId: 'r',
  model: 'net',
  version: '1',
  id: undefined,
  outputs,
  serverTiming: '',
});
const HALF = 4 * 1024 * 1024;

describe('the body of an inference answer', () => {
  it('spells so many bytes of all outputs together in JSON, and tells how to have more', () => {
    expect(() => answerBody(answer(flags('a', HALF), flags('b', HALF + 1)), () => false)).toThrow(
      expect.objectContaining({ reason: 'too_large', limit: 'outputs as JSON: 8388608 bytes' }) as Error,
    );
  });

  it('does not count those that come as bytes', () => {
    const { bytes, jsonLength } = answerBody(answer(flags('a', 2 * HALF + 1), flags('b', 2)), (name) => name === 'a');
    expect(bytes.length).toBe((jsonLength ?? 0) + 2 * HALF + 1);
  });
});
