import { PendingDelta, wholeDelta } from './pending-delta';

describe('what waits for a slow reader', () => {
  it('is one delta, however many it was made of', () => {
    const pending = new PendingDelta(1);
    const token = { token: 'a', logprob: -1, bytes: [97], top: [] };
    pending.add({ choice: 1, text: 'a', logprobs: [token] });
    pending.add({ choice: 1, text: 'b', reasoning: 'since' });
    pending.add({ choice: 1, logprobs: [token] });
    expect(pending.take()).toEqual({ choice: 1, text: 'ab', reasoning: 'since', logprobs: [token, token] });
    expect(pending.isEmpty).toBe(true);
    expect(pending.take()).toEqual({ choice: 1 });
  });

  it('joins the pieces of each call, and begins one where its name comes', () => {
    const pending = new PendingDelta(0);
    for (const call of [
      { index: 0, id: 'a', name: 'f', arguments: '' },
      { index: 0, arguments: '{"x":' },
      { index: 0, arguments: '1}' },
      { index: 1, id: 'b', name: 'g', arguments: '{' },
      { index: 1, arguments: '}' },
    ]) {
      pending.add({ choice: 0, toolCalls: [call] });
    }
    expect(pending.take().toolCalls).toEqual([
      { index: 0, id: 'a', name: 'f', arguments: '{"x":1}' },
      { index: 1, id: 'b', name: 'g', arguments: '{}' },
    ]);
    pending.add({ choice: 0, toolCalls: [{ index: 1, arguments: ' ' }] });
    expect(pending.take().toolCalls).toEqual([{ index: 1, arguments: ' ' }]);
  });

  it('keeps the name of a call that came after its id', () => {
    const pending = new PendingDelta(0);
    for (const call of [
      { index: 0, id: 'a', arguments: '' },
      { index: 0, name: 'f', arguments: '{' },
      { index: 0, arguments: '}' },
    ])
      pending.add({ choice: 0, toolCalls: [call] });
    expect(pending.take().toolCalls).toEqual([{ index: 0, id: 'a', name: 'f', arguments: '{}' }]);
  });

  it('grows by all that it holds', () => {
    const pending = new PendingDelta(0);
    const sizes = [
      { text: 'abc' },
      { reasoning: 'de' },
      { toolCalls: [{ index: 0, id: 'a', name: 'f', arguments: '{}' }] },
      { logprobs: [{ token: 'a', logprob: -1, bytes: [97], top: [{ token: 'b', logprob: -2, bytes: [98] }] }] },
    ].map((part) => {
      const before = pending.size;
      pending.add({ choice: 0, ...part });
      return pending.size - before;
    });
    expect(sizes).toEqual([3, 2, 5, 128]);
  });

  it('is the whole of an answer that came at once', () => {
    const call = { id: 'a', name: 'f', arguments: '{}' };
    expect(wholeDelta(2, { text: '', toolCalls: [call], finish: 'tool_calls' })).toEqual({
      choice: 2,
      toolCalls: [{ index: 0, ...call }],
    });
  });
});
