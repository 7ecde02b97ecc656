import { hash } from 'node:crypto';
import { ServingError } from '@medserve/errors';
import { LanguageWorld, wrote } from '../testing/language-world';

const HELLO = [{ role: 'user', content: 'Is the heart enlarged?' }];
const CHAT = '/v1/chat/completions';

const image = (text: string) => ({
  type: 'image_url',
  image_url: { url: `data:application/dicom;base64,${Buffer.from(text).toString('base64')}`, detail: 'high' },
});

describe('POST /v1/chat/completions', () => {
  let world: LanguageWorld;

  beforeEach(async () => {
    world = new LanguageWorld();
    await world.start();
  });
  afterEach(() => world.close());

  const ask = (more: object = {}, headers = {}) =>
    world.post(CHAT, { model: 'chat', messages: HELLO, ...more }, headers);

  /** The status and the error of a refusal. */
  const refused = async (more: object, headers = {}) => {
    const response = await ask(more, headers);
    const { error } = (await response.json()) as { error: Record<string, unknown> };
    return { status: response.status, message: '', ...error };
  };

  it('answers at once, by the names of the field', async () => {
    const asking = ask({ model: 'vqa:1' });
    (await world.next()).answer(wrote('No.'));
    const response = await asking;
    const { id, ...rest } = (await response.json()) as Record<string, unknown>;
    expect(response.status).toBe(200);
    expect(id).toBe(`chatcmpl-${world.events[0]?.request ?? ''}`);
    expect(rest).toEqual({
      object: 'chat.completion',
      created: expect.any(Number) as number,
      model: 'vqa:1',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'No.', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 7,
        completion_tokens: 2,
        total_tokens: 9,
        prompt_tokens_details: { cached_tokens: 1, image_tokens: 0 },
      },
      system_fingerprint: 'vqa:1+abababababab',
    });
  });

  it('has the very bytes of the answer on record, under the hashes of image and conversation, and no word of it', async () => {
    const asking = ask({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'A secret?' }, image('pixels')] }],
    });
    (await world.next()).answer(wrote('A secret.'));
    const bytes = Buffer.from(await (await asking).arrayBuffer());
    const [accepted, completed] = world.events;
    expect(accepted).toMatchObject({ event: 'accepted', task: 'chat', modality: 'radiology' });
    expect(completed).toMatchObject({ event: 'completed', outputSha256: hash('sha256', bytes) });
    expect(accepted?.inputs).toHaveLength(2);
    expect(accepted?.inputs?.[0]).toBe('sha256 of pixels');
    expect(world.stored.get(accepted?.request ?? '')?.bytes).toEqual(bytes);
    expect(JSON.stringify(world.events)).not.toMatch(/secret/i);
  });

  it('asks the model for what the caller asked, images by their place in the conversation', async () => {
    const asking = ask({
      model: 'vqa@terse',
      messages: [
        { role: 'developer', content: 'Be brief.' },
        { role: 'user', content: [image('one'), { type: 'text', text: 'This?' }] },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c', content: 'found' },
        { role: 'user', content: [image('two')], name: 'reader' },
      ],
      ...{
        temperature: 0,
        top_p: 0.5,
        seed: 3,
        n: 2,
        stop: 'end',
        max_tokens: 9,
        max_completion_tokens: 5,
        user: 'u',
        metadata: { a: 'b' },
      },
      ...{ logprobs: true, top_logprobs: 3, logit_bias: { '5': -100 }, presence_penalty: null, store: false },
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' }, strict: true } },
    });
    const { request, order, fail } = await world.next();
    fail(new ServingError('inference_failed', 'Enough.'));
    await asking;
    expect(request).toEqual({
      turns: [
        { role: 'system', parts: [{ kind: 'text', text: 'Be brief.' }] },
        {
          role: 'user',
          parts: [
            { kind: 'image', image: 0 },
            { kind: 'text', text: 'This?' },
          ],
        },
        { role: 'assistant', parts: [], toolCalls: [{ id: 'c', name: 'f', arguments: '{}' }] },
        { role: 'tool', parts: [{ kind: 'text', text: 'found' }], toolCallId: 'c' },
        { role: 'user', parts: [{ kind: 'image', image: 1 }], name: 'reader' },
      ],
      sampling: {
        temperature: 0,
        topP: 0.5,
        seed: 3,
        presencePenalty: 0,
        frequencyPenalty: 0,
        logitBias: { '5': -100 },
      },
      maxTokens: 5,
      stop: ['end'],
      choices: 2,
      logprobs: { top: 3 },
      format: { kind: 'schema', name: 'x', schema: { type: 'object' }, strict: true },
      tools: [{ name: 'f', parameters: { type: 'object' } }],
      toolChoice: 'auto',
      parallelToolCalls: true,
      adapter: 'terse',
    });
    expect(order).toMatchObject({ task: 'chat', model: { name: 'vqa' }, class: 'routine' });
    expect(order.input).toMatchObject({
      images: [{ samples: Uint8Array.from(Buffer.from('one')) }, { samples: Uint8Array.from(Buffer.from('two')) }],
    });
  });

  it.each([
    [7, 7],
    [-(2 ** 63), -9_223_372_036_854_774_784],
    [2 ** 60, 2 ** 60],
    [2 ** 63, 9_223_372_036_854_774_784],
  ])('takes every seed of 64 bits, and gives it on as one: %d', async (seed, taken) => {
    const asking = ask({ seed });
    const { request, answer } = await world.next();
    answer(wrote('No.'));
    expect((await asking).status).toBe(200);
    expect(request.sampling.seed).toBe(taken);
  });

  it('goes where the image was seen before, by a name that does not tell it', async () => {
    const keys: unknown[] = [];
    for (const content of [[image('a')], [image('a'), image('b')], [image('b')]]) {
      const asking = ask({ messages: [{ role: 'user', content }] });
      const { order, answer } = await world.next();
      keys.push(order.affinityKey);
      answer(wrote(''));
      await asking;
    }
    expect(keys[0]).toBe(keys[1]);
    expect(keys[0]).not.toBe(keys[2]);
    expect(keys[0]).not.toContain('sha256 of a');
  });

  it('obeys class and deadline of the headers', async () => {
    const asking = ask({}, { 'x-medserve-class': 'stat', 'x-medserve-deadline-ms': '5000' });
    const { order, answer } = await world.next();
    answer(wrote('No.'));
    await asking;
    expect(order.class).toBe('stat');
    expect(order.deadlineMs).toBeLessThanOrEqual(5_000);
  });

  const TOOL = { type: 'function', function: { name: 'f', parameters: { type: 'object' } } };
  const png = (data: string) => [
    { role: 'user', content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } }] },
  ];
  it.each<[string, object, string]>([
    ['stream_options without stream', { stream_options: { include_usage: true } }, 'stream_options'],
    ['top_logprobs without logprobs', { top_logprobs: 2 }, 'top_logprobs'],
    ['no tools', { tools: [] }, 'tools'],
    [
      'a tool that is not listed',
      { tools: [TOOL], tool_choice: { type: 'function', function: { name: 'g' } } },
      'tool_choice',
    ],
    ['a choice without tools', { tool_choice: 'required' }, 'tool_choice'],
    ['two tools of one name', { tools: [TOOL, TOOL] }, 'tools'],
    [
      'a tool of something other than an object',
      { tools: [TOOL, { type: 'function', function: { name: 'g', parameters: { type: 'string' } } }] },
      'tools.1.function.parameters',
    ],
    ['a seed that is no integer', { seed: 1.5 }, 'seed'],
    ['a seed beyond 64 bits', { seed: 2 ** 64 }, 'seed'],
    [
      'a format without its schema',
      { response_format: { type: 'json_schema', json_schema: { name: 'x' } } },
      'response_format.json_schema.schema',
    ],
    ['a limit below one', { max_tokens: -1 }, 'max_tokens'],
    ['a temperature out of range', { temperature: -3 }, 'temperature'],
    ['a bias of what is no token', { logit_bias: { 'Jane Doe': 1 } }, 'logit_bias'],
    ['a bias that is none', { logit_bias: { '7': 101 } }, 'logit_bias'],
    ['no messages', { messages: [] }, 'messages'],
    ['messages that are none', { messages: 'hello' }, 'messages'],
    ['a role that is none', { messages: [{ role: 'judge', content: '' }] }, 'messages.0.role'],
    [
      'a part that is none',
      { messages: [{ role: 'user', content: [{ type: 'input_audio' }] }] },
      'messages.0.content.0.type',
    ],
    ['a user who says nothing', { messages: [{ role: 'user' }] }, 'messages.0.content'],
    ['too many stops', { stop: Array.from({ length: 17 }, () => 'x') }, 'stop'],
    ['more choices than slots', { n: 5 }, 'n'],
    ['a salt that is none', { cache_salt: '' }, 'cache_salt'],
    ['a priority', { priority: 3 }, 'priority'],
    [
      'three images for a model that takes two',
      { messages: [{ role: 'user', content: [image('a'), image('b'), image('c')] }] },
      'messages',
    ],
    [
      'an image elsewhere',
      {
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'http://127.0.0.1:9/x.png' } }] }],
      },
      'messages.0.content.0.image_url.url',
    ],
    ['a choice that is none', { tools: [TOOL], tool_choice: 'any' }, 'tool_choice'],
    ['an image that is not base64', { messages: png('%%%') }, 'messages.0.content.0.image_url.url'],
  ])('refuses %s, and names the member', async (_, more, param) => {
    expect(await refused(more)).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      param,
      code: 'invalid_request',
    });
    expect(world.events).toEqual([]);
  });

  it.each<[string, object, number, string]>([
    ['an image that is damaged', { messages: png(Buffer.from('damaged').toString('base64')) }, 400, 'unreadable_image'],
    ['a model that is none', { model: 'no-such-model' }, 404, 'model_not_found'],
    ['an adapter that is none', { model: 'vqa@no-such-model' }, 404, 'model_not_found'],
    ['a model that does not write', { model: 'xray' }, 400, 'task_not_available'],
    ['an alias that does not write', { model: 'embed' }, 400, 'task_not_available'],
    [
      'a prompt that no context holds',
      { messages: [{ role: 'user', content: 'word '.repeat(200_000) }] },
      400,
      'context_length_exceeded',
    ],
    [
      'images of two patients',
      { messages: [{ role: 'user', content: [image('of Jane'), image('of John')] }] },
      400,
      'invalid_request',
    ],
    [
      'a file that nobody sent',
      { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] }] },
      404,
      'not_found',
    ],
  ])('refuses %s', async (_, more, status, code) => {
    expect(await refused(more)).toMatchObject({ status, code });
    expect(world.events).toEqual([]);
  });

  it.each([
    [{ messages: [{ role: 'user', content: null }] }, /"messages\.0\.content": has to be a text or a list of parts/],
    [{ messages: [{ role: 'tool', tool_call_id: 'a', content: null }] }, /has to be a text or a list of parts/],
    [{ stop: 5 }, /"stop": has to be a text or a list of texts/],
  ])('names all that %j may be', async (more, words) => {
    expect(await refused(more)).toMatchObject({ status: 400, message: expect.stringMatching(words) as string });
  });

  it('says which image it does not take', async () => {
    const content = [image('one'), image('damaged')];
    expect(await refused({ messages: [...HELLO, { role: 'user', content }] })).toMatchObject({
      code: 'unreadable_image',
      param: 'messages.1.content.1.image_url.url',
    });
    const unknown = { type: 'file', file: { file_id: 'file-1' } };
    expect(await refused({ messages: [{ role: 'user', content: [image('one'), unknown] }] })).toMatchObject({
      code: 'not_found',
      param: 'messages.0.content.1.file.file_id',
    });
  });

  it('says what a choice of tools can be', async () => {
    for (const choice of ['any', { type: 'allowed_tools', allowed_tools: {} }])
      expect((await refused({ tools: [TOOL], tool_choice: choice })).message).toContain('"none", "auto", "required"');
  });

  it('takes null for what is left out, and no log probabilities of none', async () => {
    const call = { id: 'c', type: null, function: { name: 'f', arguments: '{}' } };
    const { url } = image('pixels').image_url;
    const asking = ask({
      top_logprobs: 0,
      messages: [
        { role: 'user', name: null, content: [{ type: 'file', file: { file_data: url, file_id: null } }] },
        { role: 'assistant', content: null, tool_calls: [call], refusal: null },
        { role: 'tool', tool_call_id: 'c', content: 'found' },
      ],
    });
    const { request, answer } = await world.next();
    answer(wrote('No.'));
    expect((await asking).status).toBe(200);
    expect(request).not.toHaveProperty('logprobs');
  });

  it('names what it does not find, and the limit that was hit', async () => {
    expect((await refused({ model: 'no-such-model' })).message).toContain('no-such-model');
    const long = [{ role: 'user', content: 'word '.repeat(200_000) }];
    expect((await refused({ messages: long })).message).toContain('context tokens: 512');
  });

  it('refuses in the words of its clients, whoever refuses', async () => {
    const json = async (response: Response) => ({ status: response.status, ...((await response.json()) as object) });
    const get = (path: string, headers = {}) => fetch(world.url + path, { headers: { ...world.headers, ...headers } });
    const error = (code: string) => ({
      error: { code, message: expect.any(String) as string, type: expect.any(String) as string },
    });
    expect(await json(await ask({}, { authorization: 'Bearer wrong' }))).toMatchObject({
      status: 401,
      ...error('invalid_api_key'),
    });
    expect(await json(await world.post(CHAT, '{'))).toMatchObject({ status: 400, ...error('invalid_request') });
    expect(await json(await get(CHAT))).toMatchObject({ status: 405, ...error('method_not_allowed') });
    expect(await json(await get('/v1/embeddings/x'))).toMatchObject({ status: 404, ...error('not_found') });
    expect(await json(await get('/v1/models/none'))).toMatchObject({
      status: 404,
      code: 'model_not_found',
      ...error('model_not_found'),
    });
    expect(await json(await world.post(CHAT, 'x'.repeat(65 << 20)))).toMatchObject({
      status: 413,
      ...error('too_large'),
    });
  });

  it('says to its clients when to come back, and when not to', async () => {
    const asking = ask();
    (await world.next()).fail(new ServingError('overloaded', 'Full.', { retryAfterMs: 1_500 }));
    const { status, headers } = await asking;
    expect({ status, seconds: headers.get('retry-after'), ms: headers.get('retry-after-ms') }).toEqual({
      status: 503,
      seconds: '2',
      ms: '1500',
    });
    expect(headers.get('x-should-retry')).toBe('true');
    const again = ask();
    (await world.next()).fail(new ServingError('deadline_exceeded', 'Late.'));
    expect((await again).headers.get('x-should-retry')).toBe('false');
  });

  it('knows a prompt that the model found too long by its code', async () => {
    const asking = ask();
    (await world.next()).fail(
      new ServingError('invalid_request', 'Too long.', { field: 'messages', limit: 'context tokens: 512' }),
    );
    expect(await (await asking).json()).toMatchObject({
      error: { code: 'context_length_exceeded', param: 'messages' },
    });
    expect(world.events.map(({ event }) => event)).toEqual(['accepted', 'failed']);
  });

  it('has no room for more images than all conversations may hold, until one has ended or is refused', async () => {
    await world.close();
    world = new LanguageWorld();
    world.decodedBytes = 10;
    await world.start();
    const about = (...texts: string[]) => ({ messages: [{ role: 'user', content: texts.map(image) }] });
    expect(await refused(about('damaged'))).toMatchObject({ code: 'unreadable_image' });
    expect(await refused(about('of A', 'of B'))).toMatchObject({ code: 'invalid_request' });
    const asking = ask(about('pixels'));
    const writing = await world.next();
    const full = await ask(about('others'));
    expect([full.status, full.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await full.json()).toMatchObject({ error: { code: 'overloaded' } });
    writing.answer(wrote('No.'));
    await asking;
    const again = ask(about('others'));
    (await world.next()).answer(wrote('No.'));
    expect((await again).status).toBe(200);
  });

  it('tells a caller its own id back, beside ours, unless it is not clean', async () => {
    const ids = (response: Response) => [
      response.headers.get('x-request-id'),
      response.headers.get('x-medserve-request-id'),
    ];
    const asking = ask({}, { 'x-request-id': 'mine-7' });
    (await world.next()).answer(wrote('No.'));
    expect(ids(await asking)).toEqual(['mine-7', world.events[0]?.request]);
    const [echoed, ours] = ids(await ask({ model: 'none' }, { 'x-request-id': 'a b' }));
    expect(echoed).toBe(ours);
  });

  it.each(['/v1/models', '/v1/models/none'])('does so at %s too', async (path) => {
    const { headers } = await fetch(world.url + path, { headers: { ...world.headers, 'x-request-id': 'mine-7' } });
    expect(headers.get('x-request-id')).toBe('mine-7');
    expect(headers.get('x-medserve-request-id')).toMatch(/./);
  });

  it('lets a function be called: of a choice the finish says so, of a named one not', async () => {
    const call = { id: 'call_1', name: 'f', arguments: '{}' };
    const finishes: unknown[] = [];
    for (const choice of ['auto', { type: 'function', function: { name: 'f' } }]) {
      const asking = ask({ tools: [TOOL], tool_choice: choice });
      (await world.next()).answer(wrote('', { toolCalls: [call], finish: 'tool_calls' }));
      const { choices } = (await (await asking).json()) as { choices: { message: object; finish_reason: string }[] };
      expect(choices[0]?.message).toMatchObject({
        content: null,
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }],
      });
      finishes.push(choices[0]?.finish_reason);
    }
    expect(finishes).toEqual(['tool_calls', 'stop']);
  });
});
