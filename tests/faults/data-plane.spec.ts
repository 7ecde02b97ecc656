import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRouter } from '@medserve/app-router';
import { ServingError } from '@medserve/errors';
import { RouterClient, type DispatchRequest } from '@medserve/rpc';
import { silentLogger, type ReadyMessage, type StartMessage } from '@medserve/runtime';
import { childrenOf, identityOnnx, slowOnnx, writeModelPackage } from '@medserve/testkit';

jest.setTimeout(60_000);

const root = join(__dirname, '..', '..');

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('the data plane under faults, with real processes', () => {
  let repository: string;
  let pod: ChildProcess;
  let podAddress: string;
  let router: Awaited<ReturnType<typeof startRouter>>;
  let client: RouterClient;

  async function startPod(port: number): Promise<void> {
    pod = fork(join(root, 'dist', 'inference.js'), [], {
      env: { ...process.env, MEDSERVE_LOG_LEVEL: 'error' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const environment = { MEDSERVE_POD_PORT: String(port), MEDSERVE_REPOSITORIES: JSON.stringify([repository]) };
    pod.send({ kind: 'start', environment } satisfies StartMessage);
    podAddress = await new Promise<string>((resolve) => {
      pod.once('message', ({ addresses }: ReadyMessage) => {
        resolve(addresses['pod'] ?? '');
      });
    });
  }

  beforeAll(async () => {
    repository = await mkdtemp(join(tmpdir(), 'medserve-faults-'));
    await writeModelPackage(repository, { name: 'echo', onnx: identityOnnx() });
    await writeModelPackage(repository, { name: 'slow', onnx: slowOnnx(512, 400) });
    await startPod(0);
    router = await startRouter({ listen: { host: '127.0.0.1', port: 0 }, pods: [podAddress], logger: silentLogger });
    client = new RouterClient(router.address);
    await until(() => client.ready());
  });
  afterAll(async () => {
    client.close();
    await router.close();
    pod.kill('SIGKILL');
    await rm(repository, { recursive: true });
  });

  let count = 0;
  const ask = (model: string, change: Partial<DispatchRequest> = {}, onProgress?: (phase: string) => void) =>
    client.dispatch(
      {
        id: `r${String(++count)}`,
        tenant: 't',
        model: { name: model },
        class: 'routine',
        deadlineMs: 30_000,
        input: { kind: 'tensors', tensors: [{ name: 'x', datatype: 'FP32', shape: [1], data: Float32Array.of(1) }] },
        ...change,
      },
      { onProgress },
    );
  const running = (model: string) =>
    new Promise<{ answer: Promise<unknown> }>((resolve) => {
      const answer = ask(model, {}, (phase) => {
        if (phase === 'running') resolve({ answer });
      });
      answer.catch(() => undefined);
    });

  it('kill -9 of a model host: the request under way fails, typed, and the next one is served', async () => {
    const { answer } = await running('slow');
    const [host] = childrenOf(pod.pid ?? 0);
    process.kill(host ?? 0, 'SIGKILL');
    await expect(answer).rejects.toMatchObject({ reason: 'inference_failed' });
    await expect(ask('slow')).resolves.toMatchObject({ model: { name: 'slow' } });
  });

  it('kill -9 of the pod: the request under way fails, typed, no host is left, and a new pod serves', async () => {
    const { answer } = await running('slow');
    const hosts = childrenOf(pod.pid ?? 0);
    expect(hosts.length).toBeGreaterThan(0);
    pod.kill('SIGKILL');
    await expect(answer).rejects.toMatchObject({ reason: 'inference_failed' });
    await until(() => hosts.every((pid) => !isAlive(pid)));
    await until(
      () =>
        !client.ready() ||
        ask('echo').then(
          () => false,
          (error: unknown) => error instanceof ServingError && error.reason === 'unavailable',
        ),
    );
    await startPod(Number(podAddress.split(':')[1]));
    await until(async () => (await client.models()).length > 0);
    await expect(ask('echo')).resolves.toMatchObject({ model: { name: 'echo' } });
  });
});
