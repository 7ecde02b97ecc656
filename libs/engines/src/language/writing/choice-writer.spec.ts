import type { GenerationDelta, GenerationRequest, Tool } from '@medserve/clinical';
import { Formats } from '../grammar/formats';
import { SamplingScratch } from '../sampling/sampler';
import { byteLevelTokenizer } from '../testing/small-tokenizers';
import { requestOf } from '../testing/request';
import type { Tokenizer } from '../text/tokenizer';
import { answerParts } from '../tools/parts-of';
import { ChoiceWriter } from './choice-writer';

let tokenizer: Tokenizer;
let end: number;

beforeAll(async () => {
  tokenizer = await byteLevelTokenizer([' heart', ' is', 'normal', 'left', 'right']);
  end = tokenizer.idOf('<|im_end|>')!;
});

function writerOf(request: GenerationRequest, limit = 200): ChoiceWriter {
  const endTokens = new Set([end]);
  return new ChoiceWriter(request, 0, {
    tokenizer,
    endTokens,
    scratch: new SamplingScratch(tokenizer.size),
    format: new Formats(tokenizer, endTokens).run(request),
    parts: answerParts(request),
    callsAreTheEnd: typeof request.toolChoice !== 'object',
    limit,
  });
}

/** Logits of a model that is sure of one token. */
const sureOf = (id: number): Float32Array => new Float32Array(tokenizer.size).map((_, at) => (at === id ? 10 : 0));

/** Lets a model that wants to write these tokens do so, as an engine does. */
function run(request: GenerationRequest, ids: readonly number[], limit = 200) {
  const writer = writerOf(request, limit);
  const deltas: GenerationDelta[] = [];
  const told = (): void => {
    const delta = writer.take();
    if (delta) deltas.push(delta);
  };
  const chosen: number[] = [];
  const isOver = (): boolean => writer.finish !== undefined || chosen.length === limit;
  while (!isOver()) {
    told();
    chosen.push(writer.next(sureOf(ids[chosen.length] ?? end)));
  }
  const choice = writer.end(writer.finish === undefined);
  told();
  return { choice, deltas, chosen, text: deltas.map(({ text = '' }) => text).join('') };
}

const encode = (text: string): number[] => tokenizer.encode(text, false);

const find: Tool = {
  name: 'find',
  parameters: { type: 'object', properties: { patient: { type: 'string' } }, required: ['patient'] },
};

describe('an answer', () => {
  it('ends by itself with the end token, which is no part of it', () => {
    const { choice, text, chosen } = run(requestOf(), encode('The heart is normal'));
    expect(choice).toEqual({ text: 'The heart is normal', toolCalls: [], finish: 'stop' });
    expect(text).toBe(choice.text);
    expect(chosen.at(-1)).toBe(end);
  });

  it('ends at the limit, with bytes that are no character yet as U+FFFD', () => {
    const { choice, text } = run(requestOf(), encode('ok 心'), 5);
    expect(choice).toMatchObject({ text: 'ok \uFFFD', finish: 'length' });
    expect(text).toBe(choice.text);
  });

  it('ends before a stop text, of which nothing ever left', () => {
    const { choice, deltas } = run(requestOf({ stop: ['is norm'] }), encode('The heart is normal'));
    expect(choice).toMatchObject({ text: 'The heart ', finish: 'stop' });
    expect(deltas.map(({ text = '' }) => text).join('')).toBe('The heart ');
  });

  it('gives back at its end what only looked like a stop text', () => {
    const { choice, text } = run(requestOf({ stop: ['normal!'] }), encode('is normal'));
    expect(choice).toMatchObject({ text: 'is normal', finish: 'stop' });
    expect(text).toBe('is normal');
  });

  it('ends with a stop text in the white space at its end, though the limit cuts it there', () => {
    const { choice, text } = run(
      requestOf({ stop: ['\n\n'], tools: [find], toolChoice: 'auto' }),
      encode('No.\n\n\n more'),
      5,
    );
    expect([choice.text, text, choice.finish]).toEqual(['No.', 'No.', 'stop']);
  });

  it('has one log probability a token, told once', () => {
    const { choice, deltas } = run(requestOf({ logprobs: { top: 2 } }), encode('心 is'));
    expect(choice.logprobs).toHaveLength(4);
    expect(deltas.flatMap(({ logprobs = [] }) => logprobs)).toEqual(choice.logprobs);
    expect(Buffer.from(choice.logprobs!.flatMap(({ bytes }) => bytes)).toString()).toBe('心 is');
    for (const { logprob, top } of choice.logprobs!) {
      expect(logprob).toBeLessThanOrEqual(0);
      expect(top).toHaveLength(2);
      expect(top[0]!.logprob).toBe(logprob);
    }
  });

  it('told the model’s own log probabilities, whatever a format rules out', () => {
    const { choice } = run(
      requestOf({ logprobs: { top: 1 }, format: { kind: 'schema', name: 'x', schema: { enum: [7] } } }),
      [end],
    );
    expect(choice).toMatchObject({
      text: '7',
      finish: 'stop',
      logprobs: [{ token: '7', top: [{ token: '<|im_end|>' }] }],
    });
    expect(choice.logprobs![0]!.logprob).toBeLessThan(-9);
  });
});

describe('an answer in a format', () => {
  const schema = {
    type: 'object',
    properties: { side: { enum: ['left', 'right'] }, present: { type: 'boolean' } },
    required: ['side', 'present'],
    additionalProperties: false,
  };
  const asked = requestOf({ format: { kind: 'schema', name: 'finding', schema } });

  it('fits it though the model wants to end at once', () => {
    const { choice, text } = run(asked, [], 120);
    expect(choice.finish).toBe('stop');
    expect(JSON.parse(choice.text)).toEqual({
      side: expect.stringMatching(/^(?:left|right)$/) as string,
      present: expect.any(Boolean) as boolean,
    });
    expect(text).toBe(choice.text);
  });

  it('is whole, whatever stop texts are in it', () => {
    for (const stop of ['}', 'left', '"'])
      expect(run({ ...asked, stop: [stop] }, encode('{"side":"left","present":true}')).choice).toMatchObject({
        text: '{"side":"left","present":true}',
        finish: 'stop',
      });
  });

  it('ends as soon as nothing may follow, without an end token', () => {
    expect(run(asked, encode('{"side":"left","present":true}')).chosen).not.toContain(end);
  });

  it('is cut where the limit is too short for any', () => {
    expect(run(asked, [], 4).choice.finish).toBe('length');
  });

  it('that is whole at the limit ended by itself', () => {
    const number = requestOf({ format: { kind: 'schema', name: 'x', schema: { type: 'integer' } } });
    expect(run(number, encode('12345'), 3).choice).toMatchObject({ text: '123', finish: 'stop' });
  });

  it('closes texts before the limit, however much the model likes to go on', () => {
    const open = requestOf({
      format: {
        kind: 'schema',
        name: 'x',
        schema: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
      },
    });
    const { choice } = run(open, encode(`{"a":"${'normal'.repeat(100)}`), 30);
    expect(choice.finish).toBe('stop');
    expect(JSON.parse(choice.text)).toEqual({ a: expect.stringMatching(/^(?:normal)+$/) as string });
  });
});

describe('an answer with tools', () => {
  it('that the model decides to call ends with the calls', () => {
    const call = '<tool_call>{"name": "find", "arguments": {"patient": "7"}}</tool_call>';
    const { choice, deltas } = run(requestOf({ tools: [find], toolChoice: 'auto' }), encode(`I look.\n${call}`));
    expect(choice).toMatchObject({
      text: 'I look.',
      finish: 'tool_calls',
      toolCalls: [{ name: 'find', arguments: '{"patient": "7"}' }],
    });
    const calls = deltas.flatMap(({ toolCalls = [] }) => toolCalls);
    expect(calls[0]).toMatchObject({ index: 0, id: choice.toolCalls[0]!.id, name: 'find' });
    expect(calls.slice(1).every(({ id, name }) => id === undefined && name === undefined)).toBe(true);
    expect(calls.map((one) => one.arguments).join('')).toBe('{"patient": "7"}');
  });

  it('that may but does not call ends as any other', () => {
    expect(run(requestOf({ tools: [find], toolChoice: 'auto' }), encode('No.')).choice).toEqual({
      text: 'No.',
      toolCalls: [],
      finish: 'stop',
    });
  });

  it('that may call one ends with it', () => {
    const call = '<tool_call>{"name": "find", "arguments": {}}</tool_call>';
    const { choice } = run(
      requestOf({ tools: [find], toolChoice: 'auto', parallelToolCalls: false }),
      encode(call + call),
    );
    expect(choice).toMatchObject({ finish: 'tool_calls', toolCalls: [{ name: 'find' }] });
    expect(choice.toolCalls).toHaveLength(1);
  });

  it('that has to call does, by a model that would rather not', () => {
    const { choice } = run(requestOf({ tools: [find], toolChoice: 'required', parallelToolCalls: false }), []);
    expect(choice).toMatchObject({ text: '', finish: 'tool_calls', toolCalls: [{ name: 'find' }] });
    expect(JSON.parse(choice.toolCalls[0]!.arguments)).toEqual({ patient: expect.any(String) as string });
  });

  it.each([1, 5, 15, 25])('that has to call has no text, though it is cut after %i tokens', (limit) => {
    const asked = requestOf({ tools: [find], toolChoice: 'required', parallelToolCalls: false });
    const { choice, text } = run(asked, encode('<tool_call>{"name": "find", "arguments": {"patient": "7'), limit);
    expect(choice).toEqual({ text: '', toolCalls: [], finish: 'length' });
    expect(text).toBe('');
  });

  it('that has to call this one is its arguments, and ends as any other', () => {
    const { choice, deltas } = run(requestOf({ tools: [find], toolChoice: { name: 'find' } }), []);
    expect(choice).toMatchObject({ text: '', finish: 'stop', toolCalls: [{ name: 'find' }] });
    expect(JSON.parse(choice.toolCalls[0]!.arguments)).toEqual({ patient: expect.any(String) as string });
    expect(deltas[0]).toMatchObject({ toolCalls: [{ index: 0, name: 'find' }] });
  });

  it.each(['}', '<', 'name', '{', ',', '"'])('has calls that no stop text %j cuts', (stop) => {
    const calls = '{"patient": "7, {}"}';
    const text = `<tool_call>{"name": "find", "arguments": ${calls}}</tool_call>`;
    for (const toolChoice of ['required', 'auto'] as const)
      expect(run(requestOf({ tools: [find], toolChoice, stop: [stop] }), encode(text)).choice).toMatchObject({
        text: '',
        finish: 'tool_calls',
        toolCalls: [{ name: 'find', arguments: calls }],
      });
    const named = requestOf({ tools: [find], toolChoice: { name: 'find' }, stop: [stop] });
    expect(run(named, encode(calls)).choice.toolCalls).toMatchObject([{ arguments: calls }]);
  });

  it('ends before a stop text in what is said around calls, and makes no call after it', () => {
    const call = '<tool_call>{"name": "find", "arguments": {"patient": "END"}}</tool_call>';
    const asked = requestOf({ tools: [find], toolChoice: 'auto', stop: ['END'] });
    expect(run(asked, encode(`I look. END${call}`)).choice).toEqual({
      text: 'I look. ',
      toolCalls: [],
      finish: 'stop',
    });
    const { choice, text } = run(asked, encode(`${call}Done. END more`));
    expect([choice.text, text, choice.finish, choice.toolCalls.length]).toEqual(['Done. ', 'Done. ', 'tool_calls', 1]);
  });

  it('cut by the limit in a call has what there is of it', () => {
    const { choice } = run(
      requestOf({ tools: [find], toolChoice: 'auto' }),
      encode('<tool_call>{"name": "find", "arguments": {"patient": "7777'),
      50,
    );
    expect(choice).toMatchObject({ finish: 'length', toolCalls: [{ name: 'find', arguments: '{"patient' }] });
  });
});
