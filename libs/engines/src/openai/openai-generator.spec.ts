import type { Decoded, GenerationRequest } from '@medserve/clinical';
import { describeGeneratorContract, orderOf, requestOf, told } from '../generation/generator-contract';
import type { GenerationOrder, Generator, GeneratorSpec } from '../generation/generator';
import type { PoolEndpoints } from '../generation/pool-endpoints';
import { answerJson, beginEvents, ScriptedServer, type Handler, type Received } from '../pools/testing/scripted-server';
import { openaiEngine } from './openai-engine';
import { ADAPTER, bodyOf, chatServer, chunk, CONTEXT_CHARACTERS, DONE, ends, MODEL, says } from './testing/chat-server';

const never = new AbortController().signal;
const opened: Generator[] = [];
const servers: ScriptedServer[] = [];

const PICTURE: Decoded = {
  kind: 'picture',
  width: 1,
  height: 1,
  channels: 1,
  sampleType: 'uint8',
  samples: Uint8Array.of(7),
};

const GREEDY = { temperature: 0, topP: 1, presencePenalty: 0, frequencyPenalty: 0 } as const;

const GENERATION: GeneratorSpec['generation'] = {
  contextTokens: 42,
  maxAnswerTokens: 16,
  slots: 8,
  prefillTokens: 256,
  endTokens: [],
  adapters: [],
  prompts: {},
  image: { tokens: 5, maxImages: 2 },
};

/** PNG is the test's: its first byte says which image it is. */
const specOf = (replicas: readonly string[], rest: Partial<PoolEndpoints> = {}): GeneratorSpec => ({
  folder: '',
  digest: 'sha256:0',
  generation: GENERATION,
  threads: 1,
  eyes: { tensorOf: undefined, pngOf: (image) => Promise.resolve([Uint8Array.of(Number(image.samples[0]))]) },
  pool: { replicas, model: MODEL, adapters: new Map([['terse', ADAPTER]]), key: 'a-key', ...rest },
});

async function serve(handler: Handler): Promise<ScriptedServer> {
  const server = await ScriptedServer.start(handler);
  servers.push(server);
  return server;
}

async function open(spec: GeneratorSpec): Promise<Generator> {
  const generator = await openaiEngine.openGenerator!(spec, never);
  opened.push(generator);
  return generator;
}

/** A server that is healthy and answers requests by a script of its own. */
const chatOnly =
  (handler: Handler): Handler =>
  (received) =>
    received.path === '/v1/chat/completions' ? handler(received) : chatServer(received);

const completionsOf = (server: ScriptedServer): Received[] =>
  server.received.filter(({ path }) => path === '/v1/chat/completions');

async function ask(
  handler: Handler,
  request: Partial<GenerationRequest> = {},
  rest: Partial<PoolEndpoints> = {},
  order: Partial<GenerationOrder> = {},
) {
  const server = await serve(chatOnly(handler));
  const generator = await open(specOf([server.url], rest));
  return { ...(await told(generator, orderOf(requestOf('hello', request), order))), server };
}

const stream =
  (...texts: readonly string[]): Handler =>
  (received) => {
    beginEvents(received).end(texts.join(''));
  };

afterEach(async () => {
  for (const generator of opened.splice(0)) await generator.close();
  for (const server of servers.splice(0)) await server.stop();
});

/** Of the contract, whose generators live longer than a test. */
const lasting: ScriptedServer[] = [];
afterAll(async () => {
  for (const server of lasting) await server.stop();
});

describeGeneratorContract('the openai engine', {
  open: async () => {
    const server = await ScriptedServer.start(chatServer);
    lasting.push(server);
    return openaiEngine.openGenerator!(specOf([server.url]), never);
  },
  adapter: 'terse',
  tooLong: 'x'.repeat(CONTEXT_CHARACTERS),
});

describe('the openai engine', () => {
  it('asks for the model by its name there, with the key, and for a stream with usage', async () => {
    const { server } = await ask(chatServer, { seed: 7 } as never);
    const [sent] = completionsOf(server);
    expect(sent?.headers.authorization).toBe('Bearer a-key');
    expect(bodyOf(sent!)).toEqual({
      model: MODEL,
      messages: [{ role: 'user', content: 'hello' }],
      temperature: 0,
      top_p: 1,
      max_tokens: 8,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('passes every option of a request on', async () => {
    const { server } = await ask(stream(ends('stop', 0), ends('stop', 1), DONE), {
      turns: [
        { role: 'system', parts: [{ kind: 'text', text: 'Be short.' }] },
        { role: 'assistant', parts: [], toolCalls: [{ id: 'c1', name: 'measure', arguments: '{}' }] },
        { role: 'tool', toolCallId: 'c1', parts: [{ kind: 'text', text: '3 cm' }] },
      ],
      sampling: {
        temperature: 0.5,
        topP: 0.9,
        topK: 40,
        seed: 7,
        presencePenalty: 1,
        frequencyPenalty: -1,
        logitBias: { '5': -100 },
      },
      stop: ['\n'],
      choices: 2,
      logprobs: { top: 3 },
      format: { kind: 'schema', name: 'size', schema: { type: 'object' } },
      tools: [{ name: 'measure', parameters: { type: 'object' } }],
      toolChoice: { name: 'measure' },
      parallelToolCalls: false,
    });
    expect(bodyOf(completionsOf(server)[0]!)).toMatchObject({
      messages: [
        { role: 'system', content: 'Be short.' },
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'measure', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: '3 cm' },
      ],
      temperature: 0.5,
      top_p: 0.9,
      seed: 7,
      presence_penalty: 1,
      frequency_penalty: -1,
      logit_bias: { '5': -100 },
      stop: ['\n'],
      n: 2,
      logprobs: true,
      top_logprobs: 3,
      response_format: { type: 'json_schema', json_schema: { name: 'size', schema: { type: 'object' }, strict: true } },
      tools: [{ type: 'function', function: { name: 'measure', parameters: { type: 'object' } } }],
      tool_choice: { type: 'function', function: { name: 'measure' } },
      parallel_tool_calls: false,
    });
    expect(bodyOf(completionsOf(server)[0]!)).not.toHaveProperty('top_k');
  });

  it('asks vLLM for the likeliest tokens by another name when it is to write several choices of them, which it refuses', async () => {
    const bodyFor = async (rest: Partial<GenerationRequest>, flavour: NonNullable<PoolEndpoints['flavour']>) => {
      const { server } = await ask(stream(ends('stop'), DONE), { sampling: GREEDY, ...rest }, { flavour });
      return bodyOf(completionsOf(server)[0]!);
    };
    expect(await bodyFor({ choices: 2 }, 'vllm')).toMatchObject({ n: 2, temperature: 1, top_k: 1 });
    expect(await bodyFor({ choices: 1 }, 'vllm')).toMatchObject({ temperature: 0 });
    expect(await bodyFor({ choices: 2 }, 'openai')).toMatchObject({ n: 2, temperature: 0 });
  });

  it.each(['vllm', 'sglang'] as const)(
    'says to %s whatever a caller can say of the choice of tokens: what is left out is taken from the files of its model',
    async (flavour) => {
      const { server } = await ask(stream(ends('stop'), DONE), {}, { flavour });
      expect(bodyOf(completionsOf(server)[0]!)).toMatchObject({
        top_p: 1,
        top_k: -1,
        presence_penalty: 0,
        frequency_penalty: 0,
      });
    },
  );

  it('asks for the likeliest token where no share of the probability is left, which vLLM and SGLang refuse', async () => {
    const { server } = await ask(
      stream(ends('stop'), DONE),
      { sampling: { ...GREEDY, temperature: 1, topP: 0 } },
      { flavour: 'vllm' },
    );
    expect(bodyOf(completionsOf(server)[0]!)).toMatchObject({ temperature: 0, top_p: 1 });
  });

  describe('of a prompt that leaves less of the context than may be written', () => {
    const TOO_LONG =
      "However, the model's context length is only 42 tokens, resulting in a maximum input length of 26 tokens.";
    const refusing: Handler = (received) => {
      if (!('max_tokens' in bodyOf(received))) return stream(says('a'), ends('length'), DONE)(received);
      answerJson(received, 400, { error: { message: TOO_LONG, code: 400 } });
    };

    /** Of a caller who names no limit. */
    const unlimited = () => {
      const said = Object.entries(requestOf('hello')).filter(([name]) => name !== 'maxTokens');
      return { request: Object.fromEntries(said) as unknown as GenerationRequest };
    };

    it('takes what is left, where the caller named no limit', async () => {
      const { result, server } = await ask(refusing, {}, {}, unlimited());
      expect(result?.choices[0]).toMatchObject({ text: 'a', finish: 'length' });
      expect(completionsOf(server)).toHaveLength(2);
    });

    it('says that the limit which the caller named does not fit', async () => {
      const { error, server } = await ask(refusing, { maxTokens: 16 });
      expect(error).toMatchObject({ reason: 'invalid_request', limit: 'context tokens: 42' });
      expect(completionsOf(server)).toHaveLength(1);
    });

    it('says so where the prompt alone is too long', async () => {
      const handler: Handler = (received) => {
        answerJson(received, 400, { error: { message: TOO_LONG } });
      };
      const { error, server } = await ask(handler, {}, {}, unlimited());
      expect(completionsOf(server)).toHaveLength(2);
      expect(error).toMatchObject({ reason: 'invalid_request', limit: 'context tokens: 42' });
    });
  });

  it('sends vLLM no seed that it takes for none', async () => {
    const seedFor = async (seed: number, flavour: NonNullable<PoolEndpoints['flavour']>) => {
      const sampling = { ...GREEDY, temperature: 1, seed };
      const { server } = await ask(stream(ends('stop'), DONE), { sampling }, { flavour });
      return (bodyOf(completionsOf(server)[0]!) as { seed: number }).seed;
    };
    expect(await seedFor(-1, 'vllm')).toBeLessThan(-1);
    expect(await seedFor(-2, 'vllm')).toBe(-2);
    expect(await seedFor(-1, 'openai')).toBe(-1);
  });

  const seeing = {
    turns: [
      {
        role: 'user' as const,
        parts: [
          { kind: 'image' as const, image: 0 },
          { kind: 'text' as const, text: 'What?' },
        ],
      },
    ],
  };

  it('sends images in their places, as data and never as an address', async () => {
    const { server, result } = await ask(stream(ends('stop'), DONE), seeing, {}, { images: [PICTURE] });
    expect(bodyOf(completionsOf(server)[0]!).messages[0]?.content).toEqual([
      { type: 'image_url', image_url: { url: 'data:image/png;base64,Bw==' } },
      { type: 'text', text: 'What?' },
    ]);
    expect(result?.usage.image).toBe(5);
  });

  it('keeps tenants apart in what vLLM keeps, and calls an image of one tenant the same each time', async () => {
    const salts: unknown[] = [];
    const uuids: unknown[] = [];
    for (const tenant of ['a', 'a', 'b']) {
      const order = { images: [PICTURE], tenant };
      const { server } = await ask(stream(ends('stop'), DONE), seeing, { flavour: 'vllm' }, order);
      const { cache_salt: salt, messages } = bodyOf(completionsOf(server)[0]!);
      salts.push(salt);
      uuids.push((messages[0]?.content as readonly { readonly uuid?: string }[])[0]?.uuid);
    }
    expect(salts[0]).toMatch(/^[0-9a-f]{64}$/);
    for (const [first, again, other] of [salts, uuids]) {
      expect(again).toBe(first);
      expect(other).not.toBe(first);
    }
  });

  it('refuses more images than the package allows', async () => {
    const { error } = await ask(chatServer, {}, {}, { images: [PICTURE, PICTURE, PICTURE] });
    expect(error).toMatchObject({ reason: 'too_large', limit: 'images: 2' });
  });

  it('tells what a model thinks apart from what it says, and tool calls in pieces', async () => {
    const call = (piece: object) => chunk([{ index: 0, delta: { tool_calls: [{ index: 0, ...piece }] } }]);
    const { deltas, result } = await ask(
      stream(
        chunk([{ index: 0, delta: { role: 'assistant', content: '' } }]),
        chunk([{ index: 0, delta: { reasoning_content: 'Hm.' } }]),
        call({ id: 'c1', type: 'function', function: { name: 'measure', arguments: '{"a"' } }),
        call({ function: { arguments: ':1}' } }),
        ends('tool_calls'),
        chunk([], { usage: { prompt_tokens: 9, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 8 } } }),
        DONE,
      ),
    );
    expect(deltas).toEqual([
      { choice: 0, reasoning: 'Hm.' },
      { choice: 0, toolCalls: [{ index: 0, id: 'c1', name: 'measure', arguments: '{"a"' }] },
      { choice: 0, toolCalls: [{ index: 0, arguments: ':1}' }] },
    ]);
    expect(result).toMatchObject({
      choices: [
        {
          text: '',
          reasoning: 'Hm.',
          finish: 'tool_calls',
          toolCalls: [{ id: 'c1', name: 'measure', arguments: '{"a":1}' }],
        },
      ],
      usage: { prompt: 9, completion: 4, cached: 8, image: 0 },
    });
  });

  it('gives the log probabilities that were asked for, with the bytes of each token', async () => {
    const content = [
      {
        token: 'é',
        logprob: -0.5,
        bytes: null,
        top_logprobs: [
          { token: 'é', logprob: -0.5 },
          { token: 'e', logprob: null },
        ],
      },
    ];
    const { result } = await ask(
      stream(chunk([{ index: 0, delta: { content: 'é' }, logprobs: { content } }]), ends('stop'), DONE),
      { logprobs: { top: 2 } },
    );
    expect(result?.choices[0]?.logprobs).toEqual([
      {
        token: 'é',
        logprob: -0.5,
        bytes: [0xc3, 0xa9],
        top: [
          { token: 'é', logprob: -0.5, bytes: [0xc3, 0xa9] },
          { token: 'e', logprob: -9999, bytes: [0x65] },
        ],
      },
    ]);
  });

  it('counts as well as it can for a server that does not', async () => {
    const { result } = await ask(stream(says('a'), says('b'), ends('length'), DONE));
    expect(result?.usage).toEqual({ prompt: 2, completion: 2, cached: 0, image: 0 });
  });
});

describe('the openai engine and servers that misbehave', () => {
  it('reads a stream that comes byte by byte, with comments, CRLF and characters cut in pieces', async () => {
    const text = `: hello\r\n\r\n${says('Größe \u{1fac1}')}event: message\r\n${ends('stop')}${DONE}`.replaceAll(
      '\n\n',
      '\r\n\r\n',
    );
    const { result } = await ask(async (received) => {
      const response = beginEvents(received);
      for (const byte of Buffer.from(text, 'utf8')) {
        await new Promise<void>((resolve) =>
          response.write(Buffer.of(byte), () => {
            resolve();
          }),
        );
      }
      response.end();
    });
    expect(result?.choices[0]?.text).toBe('Größe \u{1fac1}');
  });

  it('holds half a character back until the other half is there', async () => {
    const { deltas, result } = await ask(stream(says('a\ud83e'), says('\udec1b'), ends('stop'), DONE));
    expect(deltas.map(({ text }) => text)).toEqual(['a', '\u{1fac1}b']);
    expect(result?.choices[0]?.text).toBe('a\u{1fac1}b');
  });

  it('takes an answer without [DONE] when every choice has ended', async () => {
    expect((await ask(stream(says('a'), ends('stop')))).result?.choices[0]).toMatchObject({
      text: 'a',
      finish: 'stop',
    });
  });

  it('takes the usage that comes with a choice which says nothing, after the end of the answer', async () => {
    const usage = { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 };
    const told = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { role: 'assistant', content: '' } }], usage })}\n\n`;
    const { result } = await ask(stream(says('a'), ends('stop'), told, DONE));
    expect(result?.choices[0]).toMatchObject({ text: 'a', finish: 'stop' });
    expect(result?.usage).toMatchObject({ prompt: 9, completion: 1 });
  });

  it.each<[string, Handler]>([
    ['ends before the answer does', stream(says('a'))],
    ['says [DONE] before the answer has ended', stream(says('a'), DONE)],
    ['sends no JSON', stream('data: {"choices": [\n\n')],
    ['sends JSON that is no chunk', stream('data: {"choices": "all of them"}\n\n')],
    ['sends a choice that nobody asked for', stream(says('a', 5))],
    ['goes on after the end of an answer', stream(ends('stop'), says('more'))],
    ['sends a line without end', stream('data: ', 'x'.repeat(3 << 20))],
    ['sends an event without end', stream(...Array.from({ length: 40 }, () => `data: ${'x'.repeat(1 << 16)}\n`))],
    ['writes without end', stream(...Array.from({ length: 100 }, () => says('x'.repeat(1_000))))],
    [
      'answers without a stream',
      (received) => {
        answerJson(received, 200, { choices: [] });
      },
    ],
    [
      'redirects',
      (received) => {
        answerJson(received, 302, {}, { location: 'http://127.0.0.1:1/' });
      },
    ],
    [
      'fails',
      (received) => {
        answerJson(received, 500, { error: { message: 'the prompt was: hello' } });
      },
    ],
    [
      'fails within the stream',
      stream(says('a'), 'data: {"error": {"message": "the prompt was: hello", "code": 500}}\n\n', DONE),
    ],
    ['fails within the stream by an event', stream('event: error\ndata: {"message": "hello"}\n\n')],
    [
      'refuses our key',
      (received) => {
        answerJson(received, 401, { error: 'Invalid: hello' });
      },
    ],
    [
      'cuts the connection',
      (received) => {
        beginEvents(received).write(says('a'), () => received.response.destroy());
      },
    ],
  ])('says that a server failed that %s, and repeats nothing of it', async (_, handler) => {
    const { error } = await ask(handler);
    expect(error).toMatchObject({ reason: 'inference_failed' });
    expect(JSON.stringify([error?.message, error?.limit, error?.remedy])).not.toContain('hello');
  });

  it.each([
    [429, { 'retry-after': '7' }, { reason: 'overloaded', retryAfterMs: 7_000 }],
    [503, {}, { reason: 'overloaded' }],
    [413, {}, { reason: 'too_large' }],
    [422, {}, { reason: 'invalid_request' }],
  ])('tells a refusal with status %i', async (status, headers, expected) => {
    const { error } = await ask((received) => {
      answerJson(received, status, {}, headers);
    });
    expect(error).toMatchObject(expected);
  });

  it('gives a server up that falls silent', async () => {
    const { error } = await ask(
      (received) => {
        beginEvents(received).write(says('a'));
      },
      {},
      { silenceMs: 50 },
    );
    expect(error).toMatchObject({ reason: 'inference_failed' });
  });

  it('gives a server up that does not begin', async () => {
    const { error } = await ask(() => undefined, {}, { firstByteMs: 50 });
    expect(error).toMatchObject({ reason: 'deadline_exceeded', limit: 'time to first byte: 50 ms' });
  });

  it('hangs up at once on cancelling, before and within the answer', async () => {
    for (const begin of [
      () => undefined,
      (received: Received) => {
        beginEvents(received).write(says('a'));
      },
    ]) {
      let came: (received: Received) => void = () => undefined;
      const arrived = new Promise<Received>((resolve) => (came = resolve));
      const server = await serve(
        chatOnly((received) => {
          begin(received);
          came(received);
        }),
      );
      const generator = await open(specOf([server.url]));
      const generation = generator.start(orderOf(requestOf('hello')), {
        delta: () => undefined,
        progress: () => undefined,
        done: () => {
          throw new Error('done');
        },
        failed: () => {
          throw new Error('failed');
        },
      });
      const { closed } = await arrived;
      generation.cancel();
      await closed;
      expect(generator.stats().busySlots).toBe(0);
    }
  });
});

describe('the openai engine and the servers of a pool', () => {
  const ok = chatOnly(stream(says('a'), ends('stop'), DONE));
  const answerOf = async (generator: Generator, order: Partial<GenerationOrder> = {}) =>
    told(generator, orderOf(requestOf('hello'), order));

  it('asks another server when one is not there any more, and it again when it is back', async () => {
    const [one, other] = [await serve(ok), await serve(ok)];
    const generator = await open(specOf([one.url, other.url]));
    const port = Number(new URL(one.url).port);
    await one.stop();
    for (let count = 0; count < 4; count += 1) expect((await answerOf(generator)).error).toBeUndefined();
    expect(completionsOf(other)).toHaveLength(4);
    expect(generator.stats().pool).toMatchObject({ serving: 1, gone: 1 });
    await one.listen(port);
    await other.stop();
    expect((await answerOf(generator)).error).toBeUndefined();
    expect(completionsOf(one)).toHaveLength(1);
  });

  it('asks another server when one takes nothing new, and that one nothing more', async () => {
    const one = await serve((received) => {
      answerJson(received, received.path === '/health' ? 200 : 503, {});
    });
    const other = await serve(ok);
    const generator = await open(specOf([one.url, other.url]));
    for (let count = 0; count < 6; count += 1) expect((await answerOf(generator)).error).toBeUndefined();
    expect(completionsOf(one)).toHaveLength(1);
    expect(generator.stats().pool).toMatchObject({ serving: 1, draining: 1 });
  });

  it('does not ask again once a byte of an answer has come', async () => {
    const broken = chatOnly(stream(says('a')));
    const [one, other] = [await serve(broken), await serve(broken)];
    const { error } = await answerOf(await open(specOf([one.url, other.url])));
    expect(error).toMatchObject({ reason: 'inference_failed' });
    expect(completionsOf(one).length + completionsOf(other).length).toBe(1);
  });

  it('says that nobody is there', async () => {
    const server = await serve(ok);
    const generator = await open(specOf([server.url]));
    await server.stop();
    expect((await answerOf(generator)).error).toMatchObject({ reason: 'unavailable' });
    expect((await answerOf(generator)).error).toMatchObject({ reason: 'unavailable' });
    await server.listen(0);
  });

  it('loads a model whose server hangs, and tells the request that it came too late', async () => {
    const server = await serve(() => undefined);
    const generator = await open(specOf([server.url], { firstByteMs: 50 }));
    expect((await answerOf(generator)).error).toMatchObject({ reason: 'deadline_exceeded' });
  });

  it('sends one tenant’s questions about one image to one server, whichever else is idle', async () => {
    const all = [await serve(ok), await serve(ok), await serve(ok)];
    const generator = await open(specOf(all.map(({ url }) => url)));
    const imageOf = (value: number): Decoded => ({ ...PICTURE, samples: Uint8Array.of(value) });
    const chosen = new Map<number, Set<number>>();
    for (let image = 0; image < 12; image += 1) {
      for (let again = 0; again < 3; again += 1) {
        const before = all.map((server) => completionsOf(server).length);
        await answerOf(generator, { images: [imageOf(image)] });
        const at = all.findIndex((server, index) => completionsOf(server).length > (before[index] ?? 0));
        chosen.set(image, (chosen.get(image) ?? new Set()).add(at));
      }
    }
    expect([...chosen.values()].every(({ size }) => size === 1)).toBe(true);
    expect(new Set([...chosen.values()].flatMap((at) => [...at])).size).toBeGreaterThan(1);
  });

  it('knows from the servers’ metrics how busy they are', async () => {
    const server = await serve((received) => {
      if (received.path !== '/metrics') return ok(received);
      received.response.end(
        '# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running{model_name="m \\"}{",engine="0"} 3.0\n' +
          'vllm:num_requests_running{engine="1"} 2\nvllm:num_requests_waiting 7\nvllm:kv_cache_usage_perc{engine="0"} 0.25\nnonsense{\n',
      );
    });
    const generator = await open(specOf([server.url]));
    expect(generator.stats().pool).toEqual({
      serving: 1,
      draining: 0,
      gone: 0,
      running: 5,
      waiting: 7,
      cacheUsage: 0.25,
    });
  });

  it('refuses a package that names a model which the pool does not have', async () => {
    const server = await serve(ok);
    await expect(open(specOf([server.url], { model: 'another' }))).rejects.toMatchObject({ reason: 'model_broken' });
    const adapters = new Map([['x', 'another']]);
    await expect(open(specOf([server.url], { adapters }))).rejects.toMatchObject({ reason: 'model_broken' });
    await expect(open({ ...specOf([server.url]), pool: undefined })).rejects.toMatchObject({ reason: 'model_broken' });
  });
});
