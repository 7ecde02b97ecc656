import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyTensor } from '@medserve/clinical';
import { describeEngineContract } from '../engine-contract';
import type { LoadSpec, Session } from '../engine';
import { answerJson, ScriptedServer, type Handler } from '../pools/testing/scripted-server';
import { oipEngine } from './oip-engine';
import { inferenceServer, type ServedModel } from './testing/inference-server';

type Tensors = NonNullable<ServedModel['inputs']>;

const never = new AbortController().signal;
const tensor = (name: string, datatype: string, ...shape: number[]) => ({ name, datatype, shape });
const identity = (datatype: string, ...shape: number[]): ServedModel => ({
  name: `identity ${datatype}`,
  inputs: [tensor('x', datatype, ...shape)],
  outputs: [tensor('y', datatype, ...shape)],
  run: ([x]) => [{ ...x!, name: 'y' }],
});

const addSub: ServedModel = {
  name: 'add_sub',
  inputs: [tensor('a', 'FP32', -1, 4), tensor('b', 'FP32', -1, 4)],
  outputs: [tensor('sum', 'FP32', -1, 4), tensor('difference', 'FP32', -1, 4)],
  run: (feeds) => {
    const [a, b] = ['a', 'b'].map((name) => feeds.find((feed) => feed.name === name)?.data as Float32Array);
    const row = (name: string, of: (x: number, y: number) => number): AnyTensor => ({
      name,
      datatype: 'FP32',
      shape: [1, 4],
      data: a!.map((value, index) => of(value, b![index]!)),
    });
    return [row('sum', (x, y) => x + y), row('difference', (x, y) => x - y)];
  },
};

let root: string;
let count = 0;
const servers: ScriptedServer[] = [];
const sessions: Session[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'medserve-oip-'));
});
afterAll(async () => {
  for (const session of sessions) await session.close();
  for (const server of servers) await server.stop();
  await rm(root, { recursive: true });
});

/** A package that names the server's model, with tensors of its own where `says` has some. */
async function packageFor(model: ServedModel, url: string, says: Partial<Record<'inputs' | 'outputs', Tensors>> = {}) {
  const folder = join(root, String((count += 1)), '1');
  await mkdir(folder, { recursive: true });
  const { inputs, outputs } = { ...model, ...says };
  const manifest = {
    format: 'medserve.model/1',
    name: 'remote',
    version: '1',
    title: 'Test',
    engine: 'oip',
    pool: { name: 'experts', model: model.name, inputs, outputs },
    intendedUse: 'Tests.',
    notFor: 'Patients.',
    licence: 'Apache-2.0',
    files: [],
  };
  await writeFile(join(folder, 'model.yaml'), JSON.stringify(manifest));
  const pool = { replicas: [url], model: model.name, adapters: new Map<string, string>(), key: undefined };
  return { folder, modelFile: 'model.yaml', threads: 1, pool } satisfies LoadSpec;
}

async function serve(handler: Handler): Promise<ScriptedServer> {
  const server = await ScriptedServer.start(handler);
  servers.push(server);
  return server;
}

const specOf = async (model: ServedModel, isBinary = true): Promise<LoadSpec> =>
  packageFor(model, (await serve(inferenceServer([model], { isBinary }))).url);

async function open(spec: LoadSpec): Promise<Session> {
  const session = await oipEngine.load(spec, never);
  sessions.push(session);
  return session;
}

describeEngineContract('the oip engine', {
  engine: oipEngine,
  identity: (datatype) => specOf(identity(datatype, -1)),
  scalar: () => specOf(identity('FP32')),
  sumAndDifference: () => specOf(addSub),
  damaged: async () => {
    const spec = await specOf(addSub);
    await writeFile(join(spec.folder, 'model.yaml'), 'engine: oip');
    return spec;
  },
});

describe('the oip engine and servers that know JSON alone', () => {
  it.each<[string, AnyTensor]>([
    ['numbers', { name: 'x', datatype: 'FP32', shape: [3], data: Float32Array.of(1.5, -0, 3e38) }],
    [
      'integers beyond 2^53',
      { name: 'x', datatype: 'INT64', shape: [2], data: BigInt64Array.of(-(2n ** 63n), 9007199254740993n) },
    ],
    ['truth values', { name: 'x', datatype: 'BOOL', shape: [2], data: Uint8Array.of(1, 0) }],
    ['texts', { name: 'x', datatype: 'BYTES', shape: [2], data: ['', 'Größe'] }],
  ])('gives %s back', async (_, feed) => {
    const session = await open(await specOf(identity(feed.datatype, -1), false));
    expect(await session.run([feed])).toEqual([{ ...feed, name: 'y' }]);
  });

  it('refuses numbers that JSON has not, sooner than to change them', async () => {
    const session = await open(await specOf(identity('FP32', -1), false));
    const feed: AnyTensor = { name: 'x', datatype: 'FP32', shape: [1], data: Float32Array.of(Number.NaN) };
    await expect(session.run([feed])).rejects.toMatchObject({ reason: 'invalid_request' });
  });
});

describe('the oip engine and what a server says of its model', () => {
  const differing: [string, Partial<Record<'inputs' | 'outputs', Tensors>>][] = [
    ['another name', { inputs: [tensor('z', 'FP32', -1, 4), tensor('b', 'FP32', -1, 4)] }],
    ['fewer inputs', { inputs: [tensor('a', 'FP32', -1, 4)] }],
    ['another datatype', { outputs: [tensor('sum', 'INT32', -1, 4)] }],
    ['another rank', { outputs: [tensor('sum', 'FP32', 4)] }],
    ['a size that it does not take', { outputs: [tensor('sum', 'FP32', -1, 5)] }],
  ];
  it.each(differing)('does not load a package with %s', async (_, says) => {
    const { url } = await serve(inferenceServer([addSub]));
    await expect(open(await packageFor(addSub, url, says))).rejects.toMatchObject({ reason: 'model_broken' });
  });

  it('does not load a package whose model the servers do not have, nor one without a pool', async () => {
    const { url } = await serve(inferenceServer([addSub]));
    const other = await packageFor({ ...addSub, name: 'another' }, url);
    await expect(open(other)).rejects.toMatchObject({ reason: 'model_broken' });
    await expect(open({ ...other, pool: undefined })).rejects.toMatchObject({ reason: 'model_broken' });
  });

  it('takes the package’s word where the server says nothing', async () => {
    const { url } = await serve(inferenceServer([{ ...addSub, inputs: [], outputs: [] }]));
    await expect(open(await packageFor(addSub, url))).resolves.toMatchObject({ inputs: addSub.inputs });
  });
});

describe('the oip engine and servers that misbehave', () => {
  const feed: AnyTensor = { name: 'x', datatype: 'FP32', shape: [1], data: Float32Array.of(1) };
  const infer =
    (handler: Handler): Handler =>
    (received) =>
      received.path.endsWith('/infer') ? handler(received) : inferenceServer([identity('FP32', -1)])(received);
  const run = async (handler: Handler) => {
    const { url } = await serve(infer(handler));
    return (await open(await packageFor(identity('FP32', -1), url))).run([feed]);
  };
  const answers =
    (outputs: unknown): Handler =>
    (received) => {
      answerJson(received, 200, { model_name: 'm', outputs });
    };

  it.each<[string, Handler]>([
    ['leaves the output out', answers([])],
    ['gives another datatype', answers([{ name: 'y', datatype: 'INT32', shape: [1], data: [1] }])],
    ['gives another rank', answers([{ name: 'y', datatype: 'FP32', shape: [1, 1], data: [1] }])],
    ['gives fewer elements than it says', answers([{ name: 'y', datatype: 'FP32', shape: [2], data: [1] }])],
    ['gives texts for numbers', answers([{ name: 'y', datatype: 'FP32', shape: [1], data: ['one'] }])],
    [
      'says that there are bytes and sends none',
      answers([{ name: 'y', datatype: 'FP32', shape: [1], parameters: { binary_data_size: 4 } }]),
    ],
    [
      'says that its JSON is longer than its answer',
      (received) => {
        answerJson(received, 200, {}, { 'inference-header-content-length': '5000' });
      },
    ],
    [
      'sends no JSON',
      (received) => {
        received.response.end('<html>');
      },
    ],
    [
      'fails',
      (received) => {
        answerJson(received, 500, { error: 'the feed was 1' });
      },
    ],
    [
      'breaks off',
      (received) => {
        received.response.writeHead(200, { 'content-length': '99' }).write('{', () => received.response.destroy());
      },
    ],
  ])('says that a server failed that %s', async (_, handler) => {
    await expect(run(handler)).rejects.toMatchObject({ reason: 'inference_failed' });
  });

  it('says that a server is full, and when to come again', async () => {
    await expect(
      run((received) => {
        answerJson(received, 503, { error: 'queue full' }, { 'retry-after': '3' });
      }),
    ).rejects.toMatchObject({ reason: 'overloaded', retryAfterMs: 3_000 });
  });

  it('hangs up when it is closed', async () => {
    let came: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => (came = resolve));
    const server = await serve(
      infer(() => {
        came();
      }),
    );
    const session = await open(await packageFor(identity('FP32', -1), server.url));
    const running = session.run([feed]);
    await Promise.all([
      expect(running).rejects.toMatchObject({ reason: 'unavailable' }),
      arrived.then(() => session.close()),
    ]);
    await server.received.at(-1)?.closed;
  });
});
