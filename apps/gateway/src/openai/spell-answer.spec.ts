import { finishReason } from './spell-answer';

describe('why an answer ended', () => {
  it('is told in the words of OpenAI', () => {
    expect([finishReason('stop', 'auto'), finishReason('length', 'auto'), finishReason('tool_calls', 'auto')]).toEqual([
      'stop',
      'length',
      'tool_calls',
    ]);
    expect(finishReason('tool_calls', { name: 'f' })).toBe('stop');
  });

  it('is an error of the server where nothing fitted the format, though no limit was reached', () => {
    expect(() => finishReason('grammar', 'none')).toThrow(
      expect.objectContaining({ reason: 'inference_failed' }) as Error,
    );
  });
});
