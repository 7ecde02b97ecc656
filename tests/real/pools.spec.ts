import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyTensor, GenerationDelta } from '@medserve/clinical';
import {
  describeGeneratorContract,
  oipEngine,
  orderOf,
  requestOf,
  told,
  type Generator,
  type LoadSpec,
} from '@medserve/engines';
import { Caller } from '../support/caller';
import { Platform } from '../support/platform';
import { syntheticSlice } from '../support/synthetic';
import { isReal } from './is-real';
import { openOn, poolPackage } from './pool-packages';
import { PoolServers, type PoolServer } from './pool-servers';

/* Servers that others wrote behind the engines `openai` and `oip`: llama-cpp-python's, and that of KServe's SDK. */

const never = new AbortController().signal;
/** By hand, as it takes minutes: before anything of the two engines lands that a server could notice. */
function install(): PoolServers | string {
  if (!isReal) return 'needs PyPI: MEDSERVE_TEST_POOLS=yes npm run test:real';
  if (process.env['MEDSERVE_TEST_POOLS'] === 'yes') return PoolServers.install();
  return 'compiles llama.cpp, which takes minutes: MEDSERVE_TEST_POOLS=yes npm run test:real';
}

const installed = install();

jest.setTimeout(180_000);

function describeServers(servers: PoolServers): void {
  let folder: string;
  let one: PoolServer;
  let other: PoolServer;
  let kserve: PoolServer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'medserve-pools-'));
    [one, other, kserve] = await Promise.all([servers.llama(folder), servers.llama(folder), servers.kserve(folder)]);
  });
  afterAll(async () => {
    await Promise.all([one, other, kserve].map((server) => server.kill()));
    await rm(folder, { recursive: true });
  });

  describeGeneratorContract('the openai engine before the server of llama-cpp-python', {
    open: () => openOn([one.url]),
    // It ends the stream of a prompt that is too long without a word.
    // It knows no `n`.
    choices: false,
  });

  describe('the openai engine before the server of llama-cpp-python', () => {
    const opened: Generator[] = [];
    const open = async (...args: Parameters<typeof openOn>): Promise<Generator> => {
      const generator = await openOn(...args);
      opened.push(generator);
      return generator;
    };
    afterEach(async () => {
      for (const generator of opened.splice(0)) await generator.close();
    });

    it('gives a log probability for each token, best first, none above zero', async () => {
      const generator = await open([one.url]);
      const { result } = await told(generator, orderOf(requestOf('hello', { maxTokens: 4, logprobs: { top: 2 } })));
      const logprobs = result?.choices[0]?.logprobs ?? [];
      expect(logprobs).toHaveLength(4);
      for (const { logprob, top } of logprobs) {
        expect(logprob).toBeLessThanOrEqual(0);
        // Of tokens with the same text it gives one.
        expect(top.length).toBeGreaterThan(0);
        expect(top.map((each) => each.logprob)).toEqual(top.map((each) => each.logprob).sort((a, b) => b - a));
      }
    });

    it('frees the server by cancelling: the next request is answered', async () => {
      const generator = await open([one.url]);
      await new Promise<void>((resolve, reject) => {
        const generation = generator.start(orderOf(requestOf('hello', { maxTokens: 400 })), {
          delta: () => {
            generation.cancel();
            resolve();
          },
          progress: () => undefined,
          done: () => {
            reject(new Error('it was answered whole'));
          },
          failed: reject,
        });
      });
      const { error } = await told(generator, orderOf(requestOf('hello')));
      expect(error).toBeUndefined();
    });

    it('says that the pool refuses our key, and not what the key is', async () => {
      const generator = await open([one.url], { key: 'another-key' });
      const { error } = await told(generator, orderOf(requestOf('hello')));
      expect(error).toMatchObject({ reason: 'inference_failed', message: 'The pool refuses our key.' });
    });

    it('does not load a model that the server does not list', async () => {
      await expect(open([one.url], { model: 'another' })).rejects.toMatchObject({ reason: 'model_broken' });
    });

    it('sends what shares an affinity to one server', async () => {
      const generator = await open([one.url, other.url]);
      const before = [one.answers, other.answers];
      for (let count = 0; count < 6; count += 1) {
        await told(generator, orderOf(requestOf('hello', { maxTokens: 1 }), { affinityKey: 'the same image' }));
      }
      const taken = [one.answers - before[0]!, other.answers - before[1]!];
      expect(taken.sort()).toEqual([0, 6]);
    });
  });

  describe('the oip engine before the model server of KServe', () => {
    const tensor = (name: string, datatype: string, ...shape: number[]) => ({ name, datatype, shape });
    const load = async (name: string, inputs: object[], outputs: object[]) => {
      const root = await poolPackage(folder, name, {
        engine: 'oip',
        pool: { name: 'experts', model: name, inputs, outputs },
      });
      const pool = { replicas: [kserve.url], model: name, adapters: new Map<string, string>(), key: undefined };
      const spec: LoadSpec = { folder: root, modelFile: 'model.yaml', threads: 1, pool };
      return oipEngine.load(spec, never);
    };
    const int32 = (name: string, ...values: number[]): AnyTensor => ({
      name,
      datatype: 'INT32',
      shape: [values.length],
      data: Int32Array.from(values),
    });

    it('runs a model by JSON, and gives the outputs that are wanted', async () => {
      const side = (names: string[]) => names.map((name) => tensor(name, 'INT32', -1));
      const session = await load('add-sub', side(['a', 'b']), side(['sum', 'difference']));
      const feeds = [int32('a', 5, 7), int32('b', 1, 2)];
      expect(await session.run(feeds)).toEqual([int32('sum', 6, 9), int32('difference', 4, 5)]);
      expect(await session.run(feeds, ['difference'])).toEqual([int32('difference', 4, 5)]);
      await session.close();
    });

    it('sends and reads half floats, which JSON has not, as bytes', async () => {
      const session = await load('halves', [tensor('x', 'FP16', -1)], [tensor('y', 'FP16', -1)]);
      const halves: AnyTensor = {
        name: 'x',
        datatype: 'FP16',
        shape: [3],
        data: Uint16Array.of(0x3c00, 0xc000, 0x0001),
      };
      expect(await session.run([halves])).toEqual([{ ...halves, name: 'y' }]);
      await session.close();
    });

    it('does not load a model that the server does not have', async () => {
      const side = [tensor('x', 'FP32', -1)];
      await expect(load('another', side, side)).rejects.toMatchObject({ reason: 'model_broken' });
    });
  });

  describe('the whole platform before servers of others', () => {
    let platform: Platform;
    let caller: Caller;
    beforeAll(async () => {
      const repository = join(folder, 'models');
      await poolPackage(repository, 'remote-chat', {
        engine: 'openai',
        serves: [{ task: 'chat', modality: 'radiology' }],
        pool: { name: 'llama', model: 'tiny' },
        generation: { contextTokens: 512, maxAnswerTokens: 16, slots: 4 },
      });
      await poolPackage(repository, 'bright-side', {
        engine: 'oip',
        serves: [{ task: 'classify', modality: 'radiology' }],
        inputs: [
          {
            tensor: 'image',
            recipe: [
              { step: 'window', using: 'header-or-percentiles' },
              { step: 'resize', width: 8, height: 8, fit: 'stretch' },
              { step: 'colour', to: 'grey' },
              { step: 'layout', order: 'nchw', as: 'float32' },
            ],
          },
        ],
        read: {
          reader: 'classification',
          parameters: {
            heads: [
              {
                output: 'logits',
                about: 'finding',
                activation: 'softmax',
                temperature: 1,
                labels: [
                  { code: 'left', system: 'http://example.org/side', display: 'Left' },
                  { code: 'right', system: 'http://example.org/side', display: 'Right' },
                ],
              },
            ],
          },
        },
        pool: {
          name: 'experts',
          model: 'bright-side',
          inputs: [{ name: 'image', datatype: 'FP32', shape: [1, 1, 8, 8] }],
          outputs: [{ name: 'logits', datatype: 'FP32', shape: [1, 2] }],
        },
      });
      await poolPackage(repository, 'nowhere', {
        engine: 'openai',
        serves: [{ task: 'chat', modality: 'radiology' }],
        pool: { name: 'nowhere', model: 'tiny' },
        generation: { contextTokens: 512, maxAnswerTokens: 16 },
      });
      const pools = join(folder, 'pools.yaml');
      await writeFile(join(folder, 'llama.key'), 'the-key\n', { mode: 0o600 });
      await writeFile(
        pools,
        `pools:\n  llama: { replicas: [${one.url}, ${other.url}], keyFile: llama.key }\n  experts: { replicas: [${kserve.url}] }\n`,
      );
      platform = await Platform.start({
        shape: 'single',
        models: [repository],
        environment: { MEDSERVE_POOLS_FILE: pools },
        ownServers: true,
      });
      caller = new Caller(platform.ready);
    });
    afterAll(() => platform.remove());

    const chat = (model: string, rest: object = {}): Promise<Response> =>
      fetch(`${platform.ready.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${platform.ready.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          model,
          messages: [{ role: 'user', content: 'hello' }],
          max_tokens: 8,
          temperature: 0,
          ...rest,
        }),
      });

    it('answers a native request about an image by a model behind the Open Inference Protocol', async () => {
      const { status, json } = await caller.infer(syntheticSlice(), 'application/dicom', { model: 'bright-side' });
      expect(json).toMatchObject({
        status: 'completed',
        answer: { kind: 'classification' },
        provenance: { model: { name: 'bright-side' }, engine: 'Open Inference Protocol v2' },
      });
      expect(status).toBe(200);
    });

    it('answers a chat, whole and as it is written, and goes on when a server is killed', async () => {
      const whole = (await (await chat('remote-chat')).json()) as { choices: [{ message: { content: string } }] };
      const { content } = whole.choices[0].message;
      expect(content.length).toBeGreaterThan(0);
      const streamed = await (await chat('remote-chat', { stream: true })).text();
      const deltas = streamed.matchAll(/^data: (\{.*\})$/gm);
      const text = [...deltas].map(([, json]) => {
        const { choices } = JSON.parse(json!) as { choices: { delta: GenerationDelta & { content?: string } }[] };
        return choices[0]?.delta.content ?? '';
      });
      expect(text.join('')).toBe(content);
      await other.kill();
      const after = await Promise.all(Array.from({ length: 4 }, () => chat('remote-chat')));
      expect(after.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    });

    it('says of a package whose pool nobody configured what has to be written where', async () => {
      const answer = await chat('nowhere');
      expect(answer.status).toBe(503);
      expect(await answer.text()).toContain('MEDSERVE_POOLS_FILE');
    });

    it('writes no prompt and no key into its logs', async () => {
      const logs =
        platform.output + (await readFile(join(platform.ready.home, 'logs', 'platform.log'), 'utf8').catch(() => ''));
      expect(logs).not.toContain('the-key');
    });
  });
}

if (typeof installed === 'string') {
  describe('pools of servers that others wrote', () => {
    it.skip(installed, () => undefined);
  });
} else {
  describeServers(installed);
}
