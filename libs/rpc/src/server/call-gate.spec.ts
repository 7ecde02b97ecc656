import { gzipSync } from 'node:zlib';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { GetModelRequest, MedServeService, type MedServeServer } from '@medserve/contracts';
import { ServingError } from '@medserve/errors';
import { connectRawGrpc, grpcMessage, type RawGrpc } from '@medserve/testkit';
import { CallGate } from './call-gate';
import { startGrpcServer, type GrpcServer } from './grpc-server';
import { duplexMethod, streamMethod, unaryMethod } from './handlers';
import type { ByteBudget } from './held-messages';

const PATH = MedServeService.getModel.path;
const KEY = { authorization: 'Bearer right' };
const OPEN_PATH = '/test/Open';
const MAX_BYTES = 1_000;
const OPEN_BYTES = 16 << 10;

const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;
const RESOURCE_EXHAUSTED = 8;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

/** A budget that tells what is held, and refuses what goes beyond. */
class Budget implements ByteBudget {
  held = 0;

  constructor(private readonly limit: number) {}

  take(bytes: number): () => void {
    if (this.held + bytes > this.limit) throw new ServingError('overloaded', 'Full.');
    this.held += bytes;
    return () => {
      this.held -= bytes;
    };
  }
}

describe('the gate of a gRPC server', () => {
  let server: GrpcServer;
  let client: RawGrpc;
  let gate: CallGate<{ name: string }>;
  let budget: Budget;
  let refused: string[];
  let seen: string[];
  let answer: (name: string) => Promise<void>;
  let isRevoked: boolean;

  const serve = async ({ maxMessageBytes = MAX_BYTES, idleMs = 60_000 } = {}) => {
    refused = [];
    seen = [];
    isRevoked = false;
    answer = () => Promise.resolve();
    budget = new Budget(3_000);
    gate = new CallGate({
      admit: async (path, metadata) => {
        await Promise.resolve();
        if (path === OPEN_PATH) return undefined;
        if (isRevoked || metadata.get('authorization')[0] !== KEY.authorization)
          throw new ServingError('unauthenticated', 'No key.');
        return { name: 'caller' };
      },
      budget,
      maxMessageBytes,
      idleMs,
      onRefused: ({ reason }) => refused.push(reason),
    });
    server = await startGrpcServer({
      listen: { host: '127.0.0.1', port: 0 },
      graceMs: 10,
      maxMessageBytes,
      gate,
      register: (grpc) => {
        const unused = unaryMethod<object, never>(() => {
          throw new ServingError('unsupported', 'Not here.');
        });
        grpc.addService(MedServeService, {
          infer: unused,
          inferStream: streamMethod<object, never>(() => Promise.resolve()),
          listModels: unused,
          getResult: unused,
          getModel: unaryMethod(async ({ name }: GetModelRequest, context) => {
            seen.push(`${gate.callerOf(context).name} ${name}`);
            await answer(name);
            return { model: undefined };
          }),
        } satisfies MedServeServer);
        grpc.addService(
          { open: { ...MedServeService.getModel, path: OPEN_PATH } },
          { open: unaryMethod(() => ({ model: undefined })) },
        );
        grpc.addService(
          { many: { ...MedServeService.getModel, path: '/test/Many', requestStream: true, responseStream: true } },
          {
            many: duplexMethod<GetModelRequest, { model: undefined }>(async (requests, send) => {
              for await (const request of requests) {
                seen.push(request.name);
                await answer(request.name);
                gate.done(request);
                await send({ model: undefined });
              }
            }),
          },
        );
      },
    });
    client = connectRawGrpc(server.address);
  };
  const close = async () => {
    await client.close();
    await server.close();
  };
  beforeEach(() => serve());
  afterEach(close);

  const encoded = (name: string) => Buffer.from(GetModelRequest.encode({ name }).finish());
  const ask = (bytes: Uint8Array, headers: Record<string, string> = KEY, path: string = PATH) => {
    const call = client.call(path, headers);
    call.write(bytes);
    call.end();
    return call;
  };

  it('lets a call with a key pass, and tells who called', async () => {
    expect(await ask(grpcMessage(encoded('net'))).status).toMatchObject({ code: 0 });
    expect(seen).toEqual(['caller net']);
  });

  it('refuses a call without a key while its message is still on the way', async () => {
    const call = client.call(PATH);
    call.write(grpcMessage(Buffer.alloc(10), { byteLength: 900 }));
    expect(await call.status).toMatchObject({
      code: UNAUTHENTICATED,
      trailers: { 'medserve-reason': 'unauthenticated' },
    });
    expect(budget.held).toBe(0);
    expect(refused).toEqual(['unauthenticated']);
  });

  it('calls what cannot be read the fault of its sender', async () => {
    const notAString = Buffer.from([0x0a, 0x05, 0x41]);
    expect(await ask(grpcMessage(notAString)).status).toMatchObject({
      code: INVALID_ARGUMENT,
      trailers: { 'medserve-reason': 'invalid_request' },
    });
    expect(seen).toEqual([]);
  });

  it('calls a number that is too large for its reader the fault of its sender', async () => {
    const shape = new BinaryWriter()
      .uint32((3 << 3) | WireType.Varint)
      .int64(2n ** 63n - 1n)
      .finish();
    const request = new BinaryWriter()
      .uint32((11 << 3) | WireType.LengthDelimited)
      .bytes(shape)
      .finish();
    const call = client.call(MedServeService.infer.path, KEY);
    call.write(grpcMessage(request));
    call.end();
    expect(await call.status).toMatchObject({ code: INVALID_ARGUMENT });
  });

  it('refuses a message that is too large when it begins', async () => {
    const call = client.call(PATH, KEY);
    call.write(grpcMessage(Buffer.alloc(1), { byteLength: MAX_BYTES + 1 }));
    expect(await call.status).toMatchObject({
      code: RESOURCE_EXHAUSTED,
      trailers: { 'medserve-reason': 'too_large', 'medserve-limit': `message: ${String(MAX_BYTES)} bytes` },
    });
  });

  it('refuses a small message that inflates to one that is too large', async () => {
    const bomb = gzipSync(encoded('x'.repeat(MAX_BYTES)));
    expect(bomb.byteLength).toBeLessThan(MAX_BYTES);
    const call = ask(grpcMessage(bomb, { compressed: true }), { ...KEY, 'grpc-encoding': 'gzip' });
    expect(await call.status).toMatchObject({ code: RESOURCE_EXHAUSTED });
    expect(seen).toEqual([]);
  });

  it('counts a compressed message as large as it becomes', async () => {
    const held = Promise.withResolvers<number>();
    answer = () => {
      held.resolve(budget.held);
      return Promise.resolve();
    };
    const message = encoded('x'.repeat(900));
    const call = ask(grpcMessage(gzipSync(message), { compressed: true }), { ...KEY, 'grpc-encoding': 'gzip' });
    expect(await call.status).toMatchObject({ code: 0 });
    expect(await held.promise).toBeGreaterThanOrEqual(message.byteLength);
  });

  it('counts a message from its first bytes until its call is over, and refuses what does not fit', async () => {
    const calls = Array.from({ length: 3 }, () => {
      const call = client.call(PATH, KEY);
      call.write(grpcMessage(Buffer.alloc(1), { byteLength: 900 }));
      return call;
    });
    // Streams of one connection are read in turn: the last is refused because the others are held.
    const tooMuch = client.call(PATH, KEY);
    tooMuch.write(grpcMessage(Buffer.alloc(1), { byteLength: 900 }));
    expect(await tooMuch.status).toMatchObject({
      code: UNAVAILABLE,
      trailers: { 'medserve-reason': 'overloaded', 'retry-after-ms': '1000' },
    });
    for (const call of calls) call.cancel();
    // Whatever was refused or cancelled has given back what it held by the time that later calls are answered.
    while (budget.held > 0) await ask(grpcMessage(Buffer.alloc(0))).status;
    expect(budget.held).toBe(0);
  });

  it('gives back what a stream has dealt with while the stream goes on', async () => {
    const call = client.call('/test/Many', KEY);
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      call.write(grpcMessage(encoded(name.repeat(900))));
      await call.next();
    }
    call.end();
    expect(await call.status).toMatchObject({ code: 0 });
    expect(seen).toHaveLength(5);
  });

  it('ends a stream whose message cannot be read', async () => {
    const call = client.call('/test/Many', KEY);
    call.write(grpcMessage(Buffer.from([0x0a, 0x05, 0x41])));
    expect(await call.status).toMatchObject({ code: INVALID_ARGUMENT });
  });

  it('ends a stream when its key does not hold any more', async () => {
    const call = client.call('/test/Many', KEY);
    call.write(grpcMessage(encoded('before')));
    await call.next();
    isRevoked = true;
    call.write(grpcMessage(encoded('after')));
    expect(await call.status).toMatchObject({ code: UNAUTHENTICATED });
    expect(seen).toEqual(['before']);
  });

  it('holds no place for a message that anyone may send', async () => {
    const take = jest.spyOn(budget, 'take');
    expect(await ask(grpcMessage(encoded('x'.repeat(900))), {}, OPEN_PATH).status).toMatchObject({ code: 0 });
    expect(take).not.toHaveBeenCalled();
  });

  describe('with room for large messages', () => {
    beforeEach(async () => {
      await close();
      await serve({ maxMessageBytes: 64 << 20, idleMs: 20 });
    });

    it('takes small messages only where anyone may call', async () => {
      const call = client.call(OPEN_PATH);
      call.write(grpcMessage(Buffer.alloc(1), { byteLength: OPEN_BYTES + 1 }));
      expect(await call.status).toMatchObject({
        code: RESOURCE_EXHAUSTED,
        trailers: { 'medserve-limit': `message: ${String(OPEN_BYTES)} bytes` },
      });
    });

    it('does not inflate beyond that what anyone may send', async () => {
      const bomb = grpcMessage(gzipSync(Buffer.alloc(OPEN_BYTES + 1)), { compressed: true });
      const call = ask(bomb, { 'grpc-encoding': 'gzip' }, OPEN_PATH);
      expect(await call.status).toMatchObject({ code: RESOURCE_EXHAUSTED });
    });

    it('counts a compressed message part by part while it is inflated', async () => {
      let most = 0;
      const take = budget.take.bind(budget);
      budget.take = (bytes) => {
        most = Math.max(most, bytes);
        return take(bytes);
      };
      const bomb = gzipSync(Buffer.alloc(32 << 20));
      const call = ask(grpcMessage(bomb, { compressed: true }), { ...KEY, 'grpc-encoding': 'gzip' });
      expect(await call.status).toMatchObject({ code: UNAVAILABLE, trailers: { 'medserve-reason': 'overloaded' } });
      expect(most).toBeLessThanOrEqual(1 << 20);
      expect(refused).toEqual(['overloaded']);
    });

    it('calls a message that is not compressed as it says the fault of its sender', async () => {
      const call = ask(grpcMessage(encoded('net'), { compressed: true }), { ...KEY, 'grpc-encoding': 'gzip' });
      expect(await call.status).toMatchObject({ code: INVALID_ARGUMENT });
    });

    it('refuses a message of which no more comes', async () => {
      const call = client.call(PATH, KEY);
      call.write(grpcMessage(Buffer.alloc(1), { byteLength: 900 }));
      expect(await call.status).toMatchObject({ code: DEADLINE_EXCEEDED });
    });
  });
});
