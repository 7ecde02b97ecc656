import { parseResult } from './read-result';

const provenance = { model: { name: 'net' }, record: {}, timings: {}, inputs: [] };
const answer = { id: 'x', answer: { kind: 'text' }, confidence: {}, warnings: [], evidence: [], provenance };

describe('what is on record of a request', () => {
  it('is an answer, or tensors by their hashes', () => {
    expect(parseResult('application/json', JSON.stringify(answer))).toEqual({ kind: 'answer', document: answer });
    const tensors = { id: 'x', tensors: [], provenance };
    expect(parseResult('application/json', JSON.stringify(tensors))).toEqual({ kind: 'tensors', document: tensors });
  });

  it('is the words of a chat, of one answer or of the chunks of a stream', () => {
    const whole = JSON.stringify({ choices: [{ message: { content: 'No.' } }] });
    expect(parseResult('application/json', whole)).toMatchObject({ kind: 'written', texts: ['No.'] });
    const stream = [
      'data: {"choices":[{"index":0,"delta":{"role":"assistant"}}]}',
      'data: {"choices":[{"index":0,"delta":{"content":"The heart"}}]}',
      'data: {"choices":[{"index":1,"delta":{"content":"Other"}}]}',
      'data: {"choices":[{"index":0,"delta":{"content":" is large."}}]}',
      'data: {"choices":[{"index":0,"del',
      'data: [DONE]',
    ].join('\n\n');
    expect(parseResult('text/event-stream; charset=utf-8', stream, true)).toMatchObject({
      kind: 'written',
      texts: ['The heart is large.', 'Other'],
      isPartial: true,
    });
  });

  it.each(['{"half": ', '[]', 'null', '{"answer": {"kind": "text"}}', '{"answer": null}', '"words"', ''])(
    'is shown as it stands where it is none of them: %j',
    (raw) => {
      expect(parseResult('application/json', raw)).toEqual({ kind: 'other', raw });
    },
  );
});
