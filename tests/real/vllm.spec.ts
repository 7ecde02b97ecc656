import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeGeneratorContract, orderOf, requestOf, resultOf, told, type Generator } from '@medserve/engines';
import sharp from 'sharp';
import { Caller } from '../support/caller';
import { pause, Platform } from '../support/platform';
import { syntheticSlice } from '../support/synthetic';
import { openOn, poolPackage } from './pool-packages';

/* A vLLM that somebody runs, on a GPU mostly: it has to show images to its model and to be started as docs/pools.md says. */

const url = process.env['MEDSERVE_TEST_VLLM'];
const model = process.env['MEDSERVE_TEST_VLLM_MODEL'] ?? 'tiny-vl';
const key = process.env['MEDSERVE_TEST_VLLM_KEY'] ?? 'the-key';

jest.setTimeout(180_000);

/** Longer than the context of any model that a test would be given. */
const ENDLESS = 'The lungs are clear. '.repeat(60_000);
const GREEDY = { temperature: 0, topP: 1, presencePenalty: 0, frequencyPenalty: 0 } as const;

/** In the first pixels of every picture: a server that has answered these tests before has seen none of them. */
const RUN = Date.now();

/** Stripes whose width is `width` pixels: each width is an image of its own, however it is windowed. */
const picture = (width: number): Promise<Buffer> => {
  const side = 448;
  const samples = Uint8Array.from(
    { length: side * side },
    (_, index) => (Math.floor((index % side) / width) % 2) * 200,
  );
  for (let bit = 0; bit < 32; bit += 1) samples[bit] = ((RUN / 2 ** bit) & 1) * 200;
  return sharp(samples, { raw: { width: side, height: side, channels: 1 } })
    .png()
    .toBuffer();
};

interface ChatAnswer {
  readonly choices: [{ readonly message: { readonly content: string }; readonly finish_reason: string }];
  readonly usage: {
    readonly prompt_tokens: number;
    readonly prompt_tokens_details?: { readonly cached_tokens: number };
  };
}

function describeVllm(server: string): void {
  const open = (rest: Parameters<typeof openOn>[1] = {}): Promise<Generator> =>
    openOn([server], { model, key, flavour: 'vllm', ...rest });

  /** One figure of the server, summed over its engines. */
  async function figure(name: string): Promise<number> {
    const text = await (await fetch(`${server}/metrics`)).text();
    const lines = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))];
    expect(lines.length).toBeGreaterThan(0);
    return lines.reduce((sum, [, value]) => sum + Number(value), 0);
  }
  const running = (): Promise<number> => figure('vllm:num_requests_running');

  describeGeneratorContract('the openai engine before vLLM', { open: () => open(), tooLong: ENDLESS });

  describe('the openai engine before vLLM', () => {
    let generator: Generator;
    beforeAll(async () => {
      generator = await open();
    });
    afterAll(() => generator.close());

    it('gives a log probability for each token, best first, none above zero', async () => {
      const { choices } = await resultOf(
        generator,
        orderOf(requestOf('hello', { maxTokens: 4, logprobs: { top: 3 } })),
      );
      const logprobs = choices[0]?.logprobs ?? [];
      expect(logprobs).toHaveLength(4);
      for (const { logprob, top } of logprobs) {
        expect(logprob).toBeLessThanOrEqual(0);
        expect(top).toHaveLength(3);
        expect(top.map((each) => each.logprob)).toEqual(top.map((each) => each.logprob).sort((a, b) => b - a));
      }
    });

    it('holds an answer to its schema', async () => {
      const schema = {
        type: 'object',
        properties: { finding: { type: 'string', enum: ['opacity', 'none'] }, sure: { type: 'boolean' } },
        required: ['finding', 'sure'],
        additionalProperties: false,
      };
      const format = { kind: 'schema', name: 'finding', schema } as const;
      const sampling = { ...GREEDY, temperature: 1, seed: 3 };
      const { choices } = await resultOf(
        generator,
        orderOf(requestOf('What is seen?', { maxTokens: 64, format, sampling })),
      );
      expect(JSON.parse(choices[0]?.text ?? '')).toEqual({
        finding: expect.stringMatching(/^(opacity|none)$/) as string,
        sure: expect.any(Boolean) as boolean,
      });
    });

    it('calls the tool that it has to call', async () => {
      const parameters = {
        type: 'object',
        properties: { level: { type: 'string', enum: ['stat', 'routine'] } },
        required: ['level'],
        additionalProperties: false,
      };
      const { choices } = await resultOf(
        generator,
        orderOf(
          requestOf('Triage.', {
            maxTokens: 64,
            tools: [{ name: 'triage', parameters }],
            toolChoice: { name: 'triage' },
          }),
        ),
      );
      const { toolCalls = [], finish } = choices[0] ?? {};
      expect(toolCalls.map(({ name }) => name)).toEqual(['triage']);
      // vLLM's grammar for calls lets a model of noise write spaces until its tokens are spent.
      if (finish === 'length') expect(toolCalls[0]?.arguments).toMatch(/^(\{("|$)|$)/);
      else
        expect(['stat', 'routine']).toContain((JSON.parse(toolCalls[0]?.arguments ?? '') as { level: string }).level);
    });

    it('finds in its cache what the same tenant said, and nothing of another’s', async () => {
      const prompt = `${String(Date.now())} ${'The lungs are clear and the heart is not enlarged. '.repeat(6)}`;
      const cachedFor = async (tenant: string): Promise<number> => {
        const { usage } = await resultOf(generator, orderOf(requestOf(prompt, { maxTokens: 1 }), { tenant }));
        return usage.cached;
      };
      expect(await cachedFor('north')).toBe(0);
      expect(await cachedFor('north')).toBeGreaterThan(0);
      expect(await cachedFor('south')).toBe(0);
    });

    it('stops writing when the caller leaves', async () => {
      await new Promise<void>((resolve, reject) => {
        const generation = generator.start(orderOf(requestOf('Go on for ever.', { maxTokens: 1_500 })), {
          delta: () => {
            void running().then((count) => {
              generation.cancel();
              if (count > 0) resolve();
              else reject(new Error('nothing was running'));
            }, reject);
          },
          progress: () => undefined,
          done: () => {
            reject(new Error('it was answered whole'));
          },
          failed: reject,
        });
      });
      const givesUpAt = Date.now() + 5_000;
      while ((await running()) > 0 && Date.now() < givesUpAt) await pause(20);
      expect(await running()).toBe(0);
    });

    it('hears from the server how many wait when they are more than it runs at once', async () => {
      const silent = {
        delta: () => undefined,
        progress: () => undefined,
        done: () => undefined,
        failed: () => undefined,
      };
      const generations = Array.from({ length: 64 }, (_, index) =>
        generator.start(orderOf(requestOf(`Slice ${String(index)}.`, { maxTokens: 1_500 })), silent),
      );
      const waiting = (): number => generator.stats().pool?.waiting ?? 0;
      const givesUpAt = Date.now() + 30_000;
      while (waiting() === 0 && Date.now() < givesUpAt) await pause(50);
      expect(waiting()).toBeGreaterThan(0);
      for (const generation of generations) generation.cancel();
      const { error } = await told(generator, orderOf(requestOf('hello')));
      expect(error).toBeUndefined();
    });

    it('says that the pool refuses our key, and not what the key is', async () => {
      const stranger = await open({ key: 'another-key' });
      const { error } = await told(stranger, orderOf(requestOf('hello')));
      await stranger.close();
      expect(error).toMatchObject({ reason: 'inference_failed', message: 'The pool refuses our key.' });
    });

    it('does not load a model that the server does not list', async () => {
      await expect(open({ model: 'another' })).rejects.toMatchObject({ reason: 'model_broken' });
    });
  });

  describe('the whole platform before vLLM', () => {
    let folder: string;
    let platform: Platform;
    let caller: Caller;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'medserve-vllm-'));
      const repository = join(folder, 'models');
      await poolPackage(repository, 'remote-vlm', {
        engine: 'openai',
        serves: [
          { task: 'chat', modality: 'radiology' },
          { task: 'answer', modality: 'radiology' },
        ],
        pool: { name: 'gpu', model },
        generation: {
          contextTokens: 2_048,
          maxAnswerTokens: 24,
          slots: 8,
          image: { maxImages: 2, tokens: 256 },
          prompts: { answer: { template: '{question}', reader: 'answer' } },
        },
      });
      const pools = join(folder, 'pools.yaml');
      await writeFile(join(folder, 'gpu.key'), `${key}\n`, { mode: 0o600 });
      await writeFile(pools, `pools:\n  gpu: { replicas: ['${server}'], flavour: vllm, keyFile: gpu.key }\n`);
      platform = await Platform.start({
        shape: 'single',
        models: [repository],
        environment: { MEDSERVE_POOLS_FILE: pools },
        ownServers: true,
      });
      caller = new Caller(platform.ready);
    });
    afterAll(async () => {
      await platform.remove();
      await rm(folder, { recursive: true });
    });

    const chat = (content: unknown, rest: object = {}): Promise<Response> =>
      fetch(`${platform.ready.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${platform.ready.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          model: 'remote-vlm',
          messages: [{ role: 'user', content }],
          max_tokens: 8,
          temperature: 0,
          ...rest,
        }),
      });
    const about = async (width: number) => [
      { type: 'text', text: 'What is seen?' },
      {
        type: 'image_url',
        image_url: { url: `data:image/png;base64,${(await picture(width)).toString('base64')}` },
      },
    ];
    const seen = async (width: number): Promise<ChatAnswer> => {
      const answer = await chat(await about(width));
      expect(answer.status).toBe(200);
      return (await answer.json()) as ChatAnswer;
    };

    it('shows an image to the model, knows it again, and takes another for another', async () => {
      const first = await seen(5);
      const again = await seen(5);
      const other = await seen(9);
      expect(first.choices[0].message.content.length).toBeGreaterThan(0);
      expect(again.choices[0].message.content).toBe(first.choices[0].message.content);
      const textOnly = (await (await chat('What is seen?')).json()) as ChatAnswer;
      expect(first.usage.prompt_tokens).toBeGreaterThan(textOnly.usage.prompt_tokens);
      const cached = ({ usage }: ChatAnswer): number => usage.prompt_tokens_details?.cached_tokens ?? 0;
      expect(cached(again)).toBeGreaterThan(cached(other));
    });

    it('answers as it is written what it answers whole', async () => {
      const whole = await seen(13);
      const streamed = await (await chat(await about(13), { stream: true })).text();
      const text = [...streamed.matchAll(/^data: (\{.*\})$/gm)].map(([, json]) => {
        const { choices } = JSON.parse(json ?? '') as { choices: { delta: { content?: string } }[] };
        return choices[0]?.delta.content ?? '';
      });
      expect(text.join('')).toBe(whole.choices[0].message.content);
    });

    it('answers a question about a DICOM image, on record', async () => {
      const { status, json } = await caller.infer(syntheticSlice(), 'application/dicom', {
        model: 'remote-vlm',
        task: 'answer',
        question: 'Is there an opacity?',
      });
      expect(json).toMatchObject({
        status: 'completed',
        provenance: { model: { name: 'remote-vlm' }, engine: 'OpenAI API v1' },
      });
      expect(status).toBe(200);
    });

    it('says that a conversation is too long for the model, and what the limit is', async () => {
      const answer = await chat(ENDLESS.slice(0, 200_000));
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain('context');
    });

    it('writes no prompt and no key into its logs', async () => {
      const logs =
        platform.output + (await readFile(join(platform.ready.home, 'logs', 'platform.log'), 'utf8').catch(() => ''));
      expect(logs).not.toContain(key);
      expect(logs).not.toContain('opacity?');
    });
  });
}

if (url === undefined) {
  describe('vLLM', () => {
    it.skip('needs a server: MEDSERVE_TEST_VLLM=http://HOST:PORT npm run test:real', () => undefined);
  });
} else {
  describeVllm(url);
}
