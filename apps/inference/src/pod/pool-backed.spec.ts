import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@medserve/runtime';
import { conversation, generationInput } from '../host/testing/incoming';
import { startInferencePod } from './start-inference-pod';
import { ENSURE, TestPod } from './testing/test-pod';

jest.setTimeout(120_000);

const CHUNKS = [
  { choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] },
  { choices: [{ index: 0, delta: { content: 'The lungs ' } }] },
  { choices: [{ index: 0, delta: { content: 'are clear.' } }] },
  { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  { choices: [], usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } },
];

const MANIFEST = {
  format: 'medserve.model/1',
  name: 'elsewhere',
  version: '1',
  title: 'A model that others run',
  engine: 'openai',
  pool: { name: 'lungs', model: 'org/lungs-7b' },
  serves: [{ task: 'chat', modality: 'radiology', default: true }],
  generation: { contextTokens: 512, maxAnswerTokens: 32, slots: 4 },
  intendedUse: 'Tests.',
  notFor: 'Patients.',
  licence: 'Apache-2.0',
  files: [],
};

describe('a pod with a package that names a pool', () => {
  let folder: string;
  let server: Server;
  /** What the model was called by those who asked. */
  const asked: unknown[] = [];

  const fill = async (repository: string): Promise<void> => {
    const home = join(repository, 'elsewhere', '1');
    await mkdir(home, { recursive: true });
    // JSON is YAML.
    await writeFile(join(home, 'model.yaml'), JSON.stringify(MANIFEST));
  };
  const pools = async (text: string): Promise<string> => {
    const path = join(folder, 'pools.yaml');
    await writeFile(path, text);
    return path;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'medserve-pools-'));
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        if (request.url !== '/v1/chat/completions') {
          response.setHeader('content-type', 'application/json');
          response.end(JSON.stringify({ object: 'list', data: [{ id: 'org/lungs-7b', object: 'model' }] }));
          return;
        }
        asked.push((JSON.parse(body) as { model: unknown }).model);
        response.setHeader('content-type', 'text/event-stream');
        for (const chunk of CHUNKS) {
          response.write(`data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', ...chunk })}\n\n`);
        }
        response.end('data: [DONE]\n\n');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(async () => {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  });

  it('has its answers written by the servers that the deployment names', async () => {
    const { port } = server.address() as AddressInfo;
    const poolsFile = await pools(`pools: { lungs: { replicas: ["http://127.0.0.1:${String(port)}"] } }`);
    const pod = await TestPod.start(fill, { poolsFile });
    try {
      const stream = pod.connect(await pod.client.ensure({ name: 'elsewhere', version: '1' }, ENSURE));
      const texts: string[] = [];
      const answer = await pod.ask(stream, [], {
        input: generationInput(conversation('How are the lungs?')),
        onDelta: ({ text = '' }) => texts.push(text),
      });
      expect(answer.generation?.choices).toMatchObject([{ text: 'The lungs are clear.', finish: 'stop' }]);
      expect(texts.join('')).toBe('The lungs are clear.');
      expect(asked).toEqual(['org/lungs-7b']);
    } finally {
      await pod.close();
    }
  });

  it('says of it what the deployment lacks, where that has no such pool', async () => {
    const pod = await TestPod.start(fill);
    try {
      const loading = pod.client.ensure({ name: 'elsewhere', version: '1' }, ENSURE);
      await expect(loading).rejects.toMatchObject({
        reason: 'model_broken',
        message: expect.stringContaining('MEDSERVE_POOLS_FILE') as string,
      });
    } finally {
      await pod.close();
    }
  });

  it('does not start over a pools file that is not right', async () => {
    const starting = startInferencePod({
      listen: { host: '127.0.0.1', port: 0 },
      repositories: [folder],
      logger: silentLogger,
      poolsFile: await pools('pools: { lungs: { replica: [] } }'),
    });
    await expect(starting).rejects.toThrow('pools.lungs');
  });
});
