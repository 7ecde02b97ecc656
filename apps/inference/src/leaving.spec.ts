import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeFrame, encodeRequest, FrameStreamClient, MODEL_HOST_INFER, PodClient } from '@medserve/rpc';
import { slowOnnx, writeModelPackage } from '@medserve/testkit';
import { ENSURE, vector } from './pod/testing/test-pod';

jest.setTimeout(120_000);

const ENTRY = join(__dirname, '..', '..', '..', 'dist', 'inference.js');
const SLOW = { name: 'slow', version: '1' };

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

describe('an inference pod that is told to end, as a container is', () => {
  let repository: string;
  let child: ChildProcess | undefined;

  beforeAll(async () => {
    repository = await mkdtemp(join(tmpdir(), 'medserve-leaving-'));
    await writeModelPackage(repository, { name: 'slow', onnx: slowOnnx(256, 150) });
  });
  afterAll(async () => {
    child?.kill('SIGKILL');
    await rm(repository, { recursive: true });
  });

  it('is ready once its models serve, then not ready, serves what still comes, ends what runs, and ends with 0', async () => {
    const [port, probes, hosts] = [await freePort(), await freePort(), await freePort()];
    child = spawn(process.execPath, [ENTRY], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        MEDSERVE_LOG_LEVEL: 'error',
        MEDSERVE_POD_PORT: String(port),
        MEDSERVE_POD_ADDRESS: 'localhost',
        MEDSERVE_HOST_PORTS: `${String(hosts)}-${String(Math.min(hosts + 50, 65_535))}`,
        MEDSERVE_REPOSITORIES: JSON.stringify([repository]),
        MEDSERVE_KEEP_WARM: 'slow',
        MEDSERVE_PROBE_PORT: String(probes),
        MEDSERVE_DRAIN_SETTLE_MS: '1500',
        MEDSERVE_DRAIN_MS: '20000',
      },
    });
    const exited = once(child, 'exit');
    const probe = async (path: string): Promise<number> =>
      fetch(`http://127.0.0.1:${String(probes)}${path}`).then(
        ({ status }) => status,
        () => 0,
      );
    const seen = new Set<number>();
    while (!seen.has(200)) seen.add(await probe('/readyz'));
    // Alive and not ready while its model was loaded.
    expect(seen).toContain(503);

    const client = new PodClient(`127.0.0.1:${String(port)}`);
    const address = await client.ensure(SLOW, ENSURE);
    const [host, at] = address.split(':');
    expect(host).toBe('localhost');
    expect(Number(at)).toBeGreaterThanOrEqual(hosts);
    expect(Number(at)).toBeLessThanOrEqual(hosts + 50);
    const stream = new FrameStreamClient({ address, method: MODEL_HOST_INFER, maxInFlight: 10, patienceMs: 0 });
    const ask = async (id: string): Promise<string | undefined> => {
      const request = {
        id,
        tenant: 't',
        class: 'routine',
        deadlineMs: 60_000,
        input: { kind: 'tensors', tensors: [vector(1)] },
      } as const;
      return decodeFrame(await stream.exchange(id, encodeRequest(request, false))).body?.$case;
    };
    child.kill('SIGTERM');
    while ((await probe('/readyz')) !== 503);
    expect(await probe('/livez')).toBe(200);
    // A router that has not heard of it yet.
    const late = Array.from({ length: 8 }, (_, index) => ask(`late-${String(index)}`));
    expect(await Promise.all(late)).toEqual(late.map(() => 'response'));
    stream.close();
    client.close();
    expect(await exited).toEqual([0, null]);
  });
});
