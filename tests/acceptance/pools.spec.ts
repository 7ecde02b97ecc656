import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateAuthority } from '@medserve/security';
import { Caller } from '../support/caller';
import { ChatServer } from '../support/chat-pool';
import { phantom } from '../support/phantom';
import { medserve, Platform, saidBy, until } from '../support/platform';

const GENERATION = {
  contextTokens: 4_096,
  maxAnswerTokens: 16,
  slots: 4,
  image: { tokens: 16, maxImages: 2 },
  prompts: { answer: { template: '{question}', reader: 'answer' } },
};

function writePoolPackage(repository: string, name: string, rest: object = {}): void {
  const folder = join(repository, name, '1');
  mkdirSync(folder, { recursive: true });
  const manifest = {
    format: 'medserve.model/1',
    name,
    version: '1',
    title: `Test model ${name}`,
    engine: 'openai',
    serves: ['chat', 'answer'].map((task) => ({ task, modality: 'radiology' })),
    pool: { name, model: 'the-model' },
    generation: GENERATION,
    intendedUse: 'Tests.',
    notFor: 'Patients.',
    licence: 'Apache-2.0',
    files: [],
    ...rest,
  };
  writeFileSync(join(folder, 'model.yaml'), JSON.stringify(manifest));
}

describe('a platform whose models servers elsewhere run', () => {
  let folder: string;
  let platform: Platform;
  let caller: Caller;
  let one: ChatServer;
  let other: ChatServer;
  let secure: ChatServer;
  let pictures: readonly Buffer[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'medserve-test-'));
    const authority = await CertificateAuthority.create('a hospital', 1);
    const issued = await authority.issue({ name: 'gpu', hosts: ['127.0.0.1'], days: 1 });
    [one, other, secure] = await Promise.all([
      ChatServer.start(),
      ChatServer.start(),
      ChatServer.start({ tls: { key: issued.key, cert: issued.certificate } }),
    ]);
    const repository = join(folder, 'models');
    for (const name of ['pair', 'secure', 'distrusted', 'nowhere']) writePoolPackage(repository, name);
    writeFileSync(join(folder, 'ca.pem'), authority.certificate);
    const pools = join(folder, 'pools.yaml');
    writeFileSync(
      pools,
      JSON.stringify({
        pools: {
          pair: { replicas: [one.url, other.url] },
          secure: { replicas: [secure.url], caFile: 'ca.pem' },
          distrusted: { replicas: [secure.url] },
        },
      }),
    );
    pictures = await Promise.all(
      Array.from({ length: 6 }, (_, at) => phantom([{ kind: 'disc', x: 0.1 + at / 10, y: 0.5, r: 0.1 }])),
    );
    platform = await Platform.start({
      shape: 'single',
      models: [repository],
      environment: { MEDSERVE_POOLS_FILE: pools },
    });
    caller = new Caller(platform.ready);
  }, 120_000);
  afterAll(async () => {
    await platform.remove();
    await Promise.all([one, other, secure].map((server) => server.stop()));
    rmSync(folder, { recursive: true });
  }, 30_000);

  const chat = (model: string, rest: object = {}, signal?: AbortSignal): Promise<Response> =>
    fetch(`${platform.ready.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${platform.ready.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hello' }], ...rest }),
      ...(signal && { signal }),
    });
  const ask = (picture: Buffer) =>
    caller.inferFiles([picture], {
      task: 'answer',
      modality: 'radiology',
      model: 'pair',
      question: 'What is it?',
      allowMismatch: true,
    });

  it('answers a question about an image in words, with what was counted there', async () => {
    const { status, json } = await ask(pictures[0]!);
    expect(json).toMatchObject({
      status: 'completed',
      answer: { kind: 'text' },
      provenance: { model: { name: 'pair' }, engine: 'OpenAI API v1' },
    });
    expect(status).toBe(200);
    const whole = await chat('pair');
    expect(await whole.json()).toMatchObject({
      choices: [{ message: { content: 'one two three' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 40, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 30 } },
    });
  });

  it('sends questions about one image to one server, and images to both', async () => {
    const counts: number[][] = [];
    for (const picture of pictures) {
      const before = [one.asked.length, other.asked.length];
      for (let again = 0; again < 3; again += 1) await ask(picture);
      counts.push([one.asked.length - before[0]!, other.asked.length - before[1]!]);
    }
    for (const taken of counts) expect([...taken].sort()).toEqual([0, 3]);
  });

  it('sends images as data, never as an address', async () => {
    await ask(pictures[0]!);
    const urls = [...one.asked, ...other.asked]
      .flatMap(({ messages }) => messages.map(({ content }) => content))
      .flatMap((content) => (typeof content === 'string' ? [] : content))
      .flatMap((part) => part.image_url?.url ?? []);
    expect(urls.length).toBeGreaterThan(0);
    expect(urls.every((url) => url.startsWith('data:image/png;base64,'))).toBe(true);
  });

  it('hangs up there when the caller leaves in the middle of an answer', async () => {
    one.hold();
    other.hold();
    const leaving = new AbortController();
    const response = await chat('pair', { stream: true }, leaving.signal);
    const reader = response.body!.getReader();
    await reader.read();
    leaving.abort();
    await until('the server has been deserted', () => one.deserted + other.deserted > 0);
  });

  it('speaks TLS with servers whose authority the file names, and with no others', async () => {
    expect((await chat('secure')).status).toBe(200);
    expect((await chat('distrusted')).status).toBe(503);
  });

  it('says of a package whose pool nobody configured what to write where', async () => {
    const response = await chat('nowhere');
    expect(response.status).toBe(503);
    expect(await response.text()).toMatch(/nowhere.*MEDSERVE_POOLS_FILE/);
  });
});

describe('medserve up --pools', () => {
  it('does not start with a file that is not right, and says all that is wrong with it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'medserve-test-'));
    const pools = join(folder, 'pools.yaml');
    writeFileSync(pools, 'pools: { a: { replicas: [ftp://x] }, b: { replicas: [http://y], keyFile: none } }');
    const { status, stderr } = await saidBy(
      medserve(['up', '--home', join(folder, 'home'), '--port', '0', '--pools', pools]),
    );
    rmSync(folder, { recursive: true });
    expect(status).toBe(1);
    expect(stderr).toContain('pools.a.replicas.0');
  }, 60_000);
});
