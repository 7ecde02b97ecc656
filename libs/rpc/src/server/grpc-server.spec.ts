import { Client, credentials, type MethodDefinition } from '@grpc/grpc-js';
import { RouterService, type WatchModelsRequest, type WatchModelsResponse } from '@medserve/contracts';
import { ServingError } from '@medserve/errors';
import { service as healthService } from 'grpc-health-check';
import { callUnary } from '../client/call-unary';
import { watch } from '../client/watch';
import { startGrpcServer, type GrpcServer } from './grpc-server';
import { streamMethod, unaryMethod, type CallContext } from './handlers';
import { addHealth, addReflection, type Health } from './health-and-reflection';

type List = (context: CallContext) => Promise<void>;

describe('a gRPC server', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  async function serve(list: List, watched: (send: () => Promise<void>) => Promise<void> = () => Promise.resolve()) {
    let health: Health | undefined;
    const server = await startGrpcServer({
      listen: { host: '127.0.0.1', port: 0 },
      graceMs: 100,
      register: (grpc) => {
        health = addHealth(grpc, ['medserve.v1.MedServe']);
        addReflection(grpc, ['medserve.v1.MedServe']);
        grpc.addService(RouterService, {
          dispatch: () => undefined,
          listModels: unaryMethod(async (_request: object, context) => {
            await list(context);
            return { models: [] };
          }),
          watchModels: streamMethod<WatchModelsRequest, WatchModelsResponse>((_request, send) =>
            watched(() => send({ models: [], complete: true, draining: false })),
          ),
        });
      },
    });
    closers.push(() => server.close());
    return { server, health };
  }
  function connect({ address }: GrpcServer): Client {
    const client = new Client(address, credentials.createInsecure());
    closers.push(() => {
      client.close();
    });
    return client;
  }
  const call = (client: Client, options: { deadlineMs?: number; signal?: AbortSignal } = {}) =>
    callUnary(client, RouterService.listModels, {}, { deadlineMs: 5_000, ...options });

  it('brings typed errors to the caller', async () => {
    const { server } = await serve(() =>
      Promise.reject(new ServingError('quota_exceeded', 'Enough.', { limit: 'n: 1' })),
    );
    await expect(call(connect(server))).rejects.toMatchObject({
      reason: 'quota_exceeded',
      message: 'Enough.',
      limit: 'n: 1',
    });
  });

  it.each([
    ['leaves', 'cancelled'],
    ['has no more time', 'deadline_exceeded'],
  ])('aborts a handler whose caller %s', async (how, reason) => {
    const leaving = new AbortController();
    const aborted = new Promise((resolve) => {
      void serve(({ signal }) => {
        signal.addEventListener('abort', () => {
          resolve(signal.reason);
        });
        if (how === 'leaves') leaving.abort();
        return new Promise(() => undefined);
      }).then(({ server }) => {
        const options = how === 'leaves' ? { signal: leaving.signal } : { deadlineMs: 50 };
        void expect(call(connect(server), options)).rejects.toMatchObject({ reason });
      });
    });
    expect(await aborted).toMatchObject({ reason });
  });

  it('keeps a watcher informed over the break of its stream', async () => {
    let streams = 0;
    const { server } = await serve(
      () => Promise.resolve(),
      async (send) => {
        streams += 1;
        await send();
        throw new ServingError('unavailable', 'Gone.');
      },
    );
    let lost = 0;
    await new Promise<void>((resolve) => {
      const watching = watch({
        client: connect(server),
        method: RouterService.watchModels,
        request: {},
        onMessage: () => {
          if (streams === 2) resolve();
        },
        onLost: () => (lost += 1),
      });
      closers.push(() => {
        watching.close();
      });
    });
    expect(lost).toBe(1);
  });

  it('answers health probes of anyone', async () => {
    const { server, health } = await serve(() => Promise.resolve());
    const client = connect(server);
    const check = healthService['Check'] as MethodDefinition<object, object>;
    const probe = () => callUnary(client, check, { service: '' }, { deadlineMs: 5_000 });
    expect(await probe()).toMatchObject({ status: 'NOT_SERVING' });
    health?.set(true);
    expect(await probe()).toMatchObject({ status: 'SERVING' });
  });
});
