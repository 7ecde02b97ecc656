import { hash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { ServingError } from '@medserve/errors';
import { LanguageWorld, wrote, type Writing } from '../testing/language-world';

const BODY = { model: 'chat', stream: true, messages: [{ role: 'user', content: 'Is the heart enlarged?' }] };
const CHAT = '/v1/chat/completions';

interface Chunk {
  readonly id: string;
  readonly object: string;
  readonly choices: readonly {
    readonly index: number;
    readonly delta: { readonly role?: string; readonly content?: string; readonly tool_calls?: unknown };
    readonly finish_reason: string | null;
    readonly logprobs: unknown;
  }[];
  readonly usage?: unknown;
  readonly error?: { readonly code: string };
}

const linesOf = (text: string): string[] => text.split('\n\n').filter((line) => line.startsWith('data: '));
const chunksOf = (text: string): Chunk[] =>
  linesOf(text)
    .filter((line) => line !== 'data: [DONE]')
    .map((line) => JSON.parse(line.slice('data: '.length)) as Chunk);
const textOf = (chunks: readonly Chunk[], index = 0): string =>
  chunks
    .flatMap(({ choices }) => choices.filter((one) => one.index === index).map(({ delta }) => delta.content ?? ''))
    .join('');

describe('an answer that is sent as it is written', () => {
  let world: LanguageWorld;

  beforeEach(async () => {
    world = new LanguageWorld();
    await world.start();
  });
  afterEach(() => world.close());

  const stored = (): Buffer => world.stored.get(world.events[0]?.request ?? '')?.bytes ?? Buffer.alloc(0);
  const readBack = (): Promise<Response> =>
    fetch(`${world.url}/v1/results/${world.events[0]?.request ?? ''}`, { headers: world.headers });
  const eventsOf = (): string[] => world.events.map(({ event }) => event);

  /** A stream, begun by its first words. */
  const begin = async (words: string, more: object = {}) => {
    const controller = new AbortController();
    const asking = world.post(CHAT, { ...BODY, ...more }, {}, controller.signal);
    const writing = await world.next();
    writing.write({ choice: 0, text: words });
    const response = await asking;
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const read = async (): Promise<string> => Buffer.from((await reader.read()).value ?? []).toString();
    const rest = async (): Promise<string> => {
      let text = '';
      for (let part = await read(); part !== ''; part = await read()) text += part;
      return text;
    };
    return {
      response,
      writing,
      read,
      rest,
      hangUp: () => {
        controller.abort();
      },
    };
  };

  it('is a role, its words, a reason and an end, all of one id', async () => {
    const { response, writing, rest } = await begin('No');
    writing.write({ choice: 0, text: ', it is not.' });
    writing.answer(wrote('No, it is not.'));
    const text = await rest();
    const chunks = chunksOf(text);
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(response.headers.get('x-medserve-request-id')).toBe(world.events[0]?.request);
    expect(new Set(chunks.map(({ id, object }) => `${id} ${object}`))).toEqual(
      new Set([`chatcmpl-${world.events[0]?.request ?? ''} chat.completion.chunk`]),
    );
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' });
    expect(textOf(chunks)).toBe('No, it is not.');
    expect(chunks.map(({ choices }) => choices[0]?.finish_reason)).toEqual([null, null, null, 'stop']);
    expect(chunks.some(({ usage }) => usage !== undefined)).toBe(false);
    expect(linesOf(text).at(-1)).toBe('data: [DONE]');
  });

  it('ends with what it took, where that was asked for', async () => {
    const { writing, rest } = await begin('No.', { stream_options: { include_usage: true } });
    writing.answer(wrote('No.'));
    const chunks = chunksOf(await rest());
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 },
    });
    expect(chunks.slice(0, -1).map(({ usage }) => usage)).toEqual([null, null, null]);
  });

  it('says with every event what it took so far, where that was asked for', async () => {
    const asked = { stream_options: { include_usage: true, continuous_usage_stats: true } };
    const { writing, rest } = await begin('', asked);
    writing.write({ choice: 0, text: 'No', usage: { prompt: 7, completion: 1 } });
    writing.answer(wrote('No'));
    const usage = (completion: number) => ({
      prompt_tokens: 7,
      completion_tokens: completion,
      total_tokens: 7 + completion,
    });
    const chunks = chunksOf(await rest());
    expect(chunks.map((chunk) => chunk.usage)).toEqual([
      usage(0),
      usage(1),
      usage(2),
      { ...usage(2), prompt_tokens_details: { cached_tokens: 1, image_tokens: 0 } },
    ]);
    expect(chunks.at(-1)?.choices).toEqual([]);
  });

  it('says nothing of what it took so far where the model does not tell', async () => {
    const { writing, rest } = await begin('a', { n: 2, stream_options: { continuous_usage_stats: true } });
    writing.write({ choice: 1, text: 'b', usage: { prompt: 7, completion: 3 } });
    const one = { toolCalls: [], finish: 'stop' as const };
    const choices = ['a', 'b'].map((text) => ({ ...one, text }));
    writing.answer({ ...wrote(''), choices });
    const chunks = chunksOf(await rest());
    expect(chunks.map(({ usage }) => usage)).toMatchObject([
      null,
      null,
      { completion_tokens: 0 },
      { completion_tokens: 3 },
      null,
      { completion_tokens: 3 },
    ]);
  });

  it('tells choices apart, and each its role first, calls and probabilities too', async () => {
    const { writing, rest } = await begin('a', { n: 2, logprobs: true });
    const token = { token: 'b', logprob: -0.5, bytes: [98], top: [] };
    writing.write({ choice: 1, text: 'b', logprobs: [token] });
    writing.write({ choice: 1, toolCalls: [{ index: 0, id: 'c', name: 'f', arguments: '{' }] });
    writing.write({ choice: 1, toolCalls: [{ index: 0, arguments: '}' }] });
    const one = { toolCalls: [], finish: 'length' as const };
    writing.answer({
      ...wrote(''),
      choices: [
        { ...one, text: 'a' },
        { ...one, text: 'b' },
      ],
    });
    const chunks = chunksOf(await rest());
    expect([textOf(chunks, 0), textOf(chunks, 1)]).toEqual(['a', 'b']);
    const second = chunks.flatMap(({ choices }) => choices.filter(({ index }) => index === 1));
    expect(second[0]?.delta.role).toBe('assistant');
    expect(second[1]?.logprobs).toMatchObject({
      content: [{ token: 'b', logprob: -0.5, bytes: [98], top_logprobs: [] }],
    });
    expect(second.flatMap(({ delta }) => delta.tool_calls ?? [])).toEqual([
      { index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '{' } },
      { index: 0, function: { arguments: '}' } },
    ]);
    expect(second.at(-1)?.finish_reason).toBe('length');
  });

  it('is whole where the model told nothing while it wrote', async () => {
    const asking = world.post(CHAT, BODY);
    (await world.next()).answer(wrote('No.', { toolCalls: [{ id: 'c', name: 'f', arguments: '{}' }] }));
    const chunks = chunksOf(await (await asking).text());
    expect(textOf(chunks)).toBe('No.');
    expect(chunks[1]?.choices[0]?.delta.tool_calls).toEqual([
      { index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } },
    ]);
  });

  it('is accepted on record before its first byte, and completed before its end', async () => {
    let commit = (): void => undefined;
    world.recording = new Promise<void>((resolve) => (commit = resolve));
    const { writing, read, rest } = await begin('No.');
    expect(eventsOf()).toEqual(['accepted']);
    writing.answer(wrote('No.'));
    let text = await read();
    const reading = rest();
    expect(text).not.toContain('finish_reason":"stop');
    commit();
    text += await reading;
    expect(eventsOf()).toEqual(['accepted', 'completed']);
    expect(text).toBe(`${stored().toString()}data: [DONE]\n\n`);
    expect(world.events[1]?.outputSha256).toBe(hash('sha256', stored()));
  });

  it('is an error without events where it fails before its first word', async () => {
    const asking = world.post(CHAT, BODY);
    (await world.next()).fail(
      new ServingError('invalid_request', 'Too long.', { field: 'messages', limit: 'context tokens: 512' }),
    );
    const response = await asking;
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'context_length_exceeded' } });
    expect(stored().toString()).toContain('Too long.');
  });

  it('ends in an error that its reader is told, where it fails after that', async () => {
    const { writing, rest } = await begin('No');
    writing.fail(new ServingError('inference_failed', 'The pod died.'));
    const text = await rest();
    expect(chunksOf(text).at(-1)?.error).toMatchObject({ code: 'inference_failed' });
    expect(linesOf(text).at(-1)).toBe('data: [DONE]');
    expect(text).toBe(`${stored().toString()}data: [DONE]\n\n`);
    expect(world.events[1]).toMatchObject({ event: 'failed', outputSha256: hash('sha256', stored()) });
  });

  it('is cancelled when its reader hangs up, with what had left on record', async () => {
    const { writing, read: next, hangUp } = await begin('No');
    const left = await next();
    hangUp();
    await writing.cancelled;
    await world.ended();
    const bytes = stored();
    expect(world.events[1]).toMatchObject({ event: 'cancelled', outputSha256: hash('sha256', bytes) });
    expect(bytes.toString().startsWith(left)).toBe(true);
    expect(chunksOf(bytes.toString().slice(left.length))).toMatchObject([{ error: { code: 'cancelled' } }]);
    const read = await readBack();
    expect([read.status, read.headers.get('medserve-status')]).toEqual([200, 'cancelled']);
    expect(Buffer.from(await read.arrayBuffer())).toEqual(bytes);
  });

  it('is a problem on record, with what left by hash and length, where it cannot be sealed', async () => {
    world.cannotSeal = true;
    const { writing, rest } = await begin('No');
    writing.answer(wrote('No'));
    expect(chunksOf(await rest()).at(-1)?.error).toMatchObject({ code: 'internal' });
    expect(eventsOf()).toEqual(['accepted', 'failed']);
    expect(JSON.parse(stored().toString())).toMatchObject({
      code: 'internal',
      streamed: { hmacSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string, bytes: expect.any(Number) as number },
    });
    expect((await readBack()).headers.get('medserve-status')).toBe('failed');
  });

  it('is no answer where the whole is not what was told on the way', async () => {
    const { writing, rest } = await begin('No pneumothorax');
    writing.answer(wrote('There is a large pneumothorax'));
    const text = await rest();
    expect(chunksOf(text).at(-1)?.error).toMatchObject({ code: 'inference_failed' });
    expect(text).not.toContain('"finish_reason":"stop"');
    expect(world.events[1]).toMatchObject({ event: 'failed', reason: 'inference_failed' });
  });

  /** A caller who sends its request and reads nothing. */
  const deaf = async (more: object = {}, header = 'x: y'): Promise<{ socket: Socket; writing: Writing }> => {
    const { hostname, port } = new URL(world.url);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.pause();
    await once(socket, 'connect');
    const body = JSON.stringify({ ...BODY, ...more });
    const head = [
      `POST ${CHAT} HTTP/1.1`,
      'host: x',
      `authorization: ${world.headers.authorization}`,
      `content-length: ${String(body.length)}`,
      header,
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
    return { socket, writing: await world.next() };
  };
  const WORDS = 'word '.repeat(2_000);

  it('holds the model no longer for a reader who does not read, and loses nothing', async () => {
    const { socket, writing } = await deaf();
    for (let count = 0; count < 700; count += 1) writing.write({ choice: 0, text: WORDS });
    writing.answer(wrote(WORDS.repeat(700)));
    await world.ended();
    expect(eventsOf()).toEqual(['accepted', 'completed']);
    const chunks = chunksOf(stored().toString());
    // What waited was joined: fewer deltas left than were written.
    expect(chunks.length).toBeLessThan(700);
    expect(textOf(chunks)).toBe(WORDS.repeat(700));
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.resume();
    while (!text.slice(-64).includes('[DONE]')) await once(socket, 'data');
    expect(text.match(/word /g)).toHaveLength(2_000 * 700);
    socket.destroy();
  }, 30_000);

  it('ends in an error that names the limit when more waits than may be kept', async () => {
    const { socket, writing } = await deaf();
    for (let count = 0; count < 1_000; count += 1) writing.write({ choice: 0, text: WORDS });
    await writing.cancelled;
    await world.ended();
    expect(world.events[1]).toMatchObject({ event: 'failed', reason: 'too_large' });
    expect(stored().length).toBeLessThan(9 << 20);
    expect(chunksOf(stored().toString()).at(-1)?.error).toMatchObject({ code: 'too_large' });
    socket.destroy();
  }, 30_000);

  it('is refused its rest where all answers together hold as much as may be', async () => {
    await world.close();
    world = new LanguageWorld();
    world.streamsBytes = 1_000;
    await world.start();
    const { writing, rest } = await begin('No');
    writing.write({ choice: 0, text: WORDS });
    await writing.cancelled;
    expect(chunksOf(await rest()).at(-1)?.error).toMatchObject({ code: 'overloaded' });
    expect(world.events[1]).toMatchObject({ event: 'failed', reason: 'overloaded' });
  });

  it('is written to its end for a caller who may come back with its key', async () => {
    const { socket, writing } = await deaf({}, 'idempotency-key: k');
    writing.write({ choice: 0, text: 'No' });
    socket.destroy();
    // By then the door has seen that its caller is gone.
    await fetch(`${world.url}/v1/models`, { headers: world.headers });
    writing.write({ choice: 0, text: '.' });
    writing.answer(wrote('No.'));
    await world.ended();
    expect(textOf(chunksOf(stored().toString()))).toBe('No.');
    expect(eventsOf()).toEqual(['accepted', 'completed']);
  });

  it('is told again under the id that is on record, where its key is repeated', async () => {
    const { writing, rest } = await begin('No.');
    writing.answer(wrote('No.'));
    const told = await rest();
    world.earlier = world.events[0]?.request;
    const again = await world.post(CHAT, BODY, { 'idempotency-key': 'k' });
    expect(await again.text()).toBe(told);
    expect(again.headers.get('x-medserve-request-id')).toBe(world.earlier);
    expect(again.headers.get('x-request-id')).toBe(world.earlier);
  });
});
