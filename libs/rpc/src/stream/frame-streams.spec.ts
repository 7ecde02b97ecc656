import { Client, credentials, type ClientDuplexStream } from '@grpc/grpc-js';
import { ModelHostService } from '@medserve/contracts';
import { ServingError } from '@medserve/errors';
import { FaultProxy } from '@medserve/testkit';
import { clientOptions } from '../channel-options';
import { decodeFrame, encodeFrame } from '../frame/codec';
import { deltaFrame } from '../frame/failure-frame';
import { FramePayload, type EncodedFrame } from '../frame/frame-payload';
import { startGrpcServer, type GrpcServer } from '../server/grpc-server';
import { FrameStreamClient } from './frame-stream-client';
import { MODEL_HOST_INFER } from './methods';
import { serveFrames, type FrameHandler, type IncomingRequest } from './serve-frames';

const NO_ROUTING = {
  model: '',
  version: '',
  task: '',
  modality: '',
  requestClass: 0,
  tenant: '',
  affinityKey: '',
  wantsDecision: false,
  wantsDeltas: false,
  costUnits: 0,
  traceparent: '',
} as const;

const requestFrame = (id: string, { deadlineMs = 0, wantsProgress = false, bytes = 0 } = {}) =>
  encodeFrame({
    id,
    body: {
      $case: 'request',
      value: {
        routing: { ...NO_ROUTING, deadlineMs, wantsProgress },
        parametersJson: '',
        question: '',
        input: { $case: 'tensors', value: { headers: [] } },
        outputs: [],
      },
    },
    raw: [new Uint8Array(bytes)],
  });

const responseFrame = (id: string, bytes = 0) =>
  encodeFrame({
    id,
    body: {
      $case: 'response',
      value: {
        findingJson: id,
        tensors: undefined,
        task: '',
        model: '',
        version: '',
        digest: '',
        engine: '',
        timings: [],
        rows: 1,
        batchRows: 1,
        leadsBatch: true,
        generationJson: '',
      },
    },
    raw: [new Uint8Array(bytes)],
  });

const failureReason = (bytes: Buffer) => {
  const { body } = decodeFrame(bytes);
  return body?.$case === 'failure' ? body.value.reason : undefined;
};

/** Something that a test waits for. */
function signpost<T>() {
  let reach!: (value: T) => void;
  const reached = new Promise<T>((resolve) => {
    reach = resolve;
  });
  return { reach, reached };
}

describe('a frame stream', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  async function serve(handle: FrameHandler, maxInFlight = 100): Promise<GrpcServer> {
    const server = await startGrpcServer({
      listen: { host: '127.0.0.1', port: 0 },
      graceMs: 200,
      register: (grpc, closing) => {
        grpc.addService(
          { ...ModelHostService, infer: MODEL_HOST_INFER },
          { infer: serveFrames({ handle, maxInFlight, closing }) },
        );
      },
    });
    closers.push(() => server.close());
    return server;
  }
  function connect(address: string, options: { maxInFlight?: number; patienceMs?: number } = {}): FrameStreamClient {
    const client = new FrameStreamClient({
      address,
      method: MODEL_HOST_INFER,
      maxInFlight: 100,
      // A busy machine may take more than a second to bring up a loopback connection.
      patienceMs: 20_000,
      ...options,
    });
    closers.push(() => {
      client.close();
    });
    return client;
  }
  async function proxied(server: GrpcServer): Promise<FaultProxy> {
    const proxy = await FaultProxy.start(server.address);
    closers.push(() => proxy.close());
    return proxy;
  }
  const pending = () => new Promise<EncodedFrame>(() => undefined);

  it('carries many requests at once and gives each its own answer', async () => {
    const server = await serve(({ id }) => Promise.resolve(responseFrame(id)));
    const client = connect(server.address);
    const ids = Array.from({ length: 50 }, (_, index) => `r${String(index)}`);
    const answers = await Promise.all(ids.map((id) => client.exchange(id, requestFrame(id))));
    expect(answers.map((bytes) => decodeFrame(bytes).id)).toEqual(ids);
    expect(client.inFlight).toBe(0);
  });

  it('carries large requests beside small ones without copying them first', async () => {
    const arrived = new Map<string, Buffer>();
    const server = await serve(({ id, bytes }) => {
      arrived.set(id, bytes);
      return Promise.resolve(responseFrame(id));
    });
    const client = connect(server.address);
    const bytes = 3 << 20;
    const frames = new Map<string, EncodedFrame>([
      ['small', requestFrame('small', { bytes: 10 })],
      ['large', requestFrame('large', { bytes })],
      ['forwarded', requestFrame('forwarded', { bytes }).toBuffer()],
      ['last', requestFrame('last', { bytes: 10 })],
    ]);
    const allocated = jest.spyOn(Buffer, 'allocUnsafe');
    await Promise.all([...frames].map(([id, frame]) => client.exchange(id, frame)));
    const sizes = allocated.mock.calls.map(([size]) => size);
    allocated.mockRestore();
    expect(sizes.filter((size) => size > bytes)).toEqual([]);
    for (const [id, frame] of frames) {
      const sent = frame instanceof FramePayload ? frame.toBuffer() : frame;
      expect(arrived.get(id)?.equals(sent)).toBe(true);
    }
  });

  it('fails a large request as inference_failed when the socket is cut under it', async () => {
    const server = await serve(({ id }) => (id === 'small' ? Promise.resolve(responseFrame(id)) : pending()));
    const proxy = await proxied(server);
    const client = connect(proxy.address);
    await client.exchange('small', requestFrame('small'));
    const lost = client.exchange('large', requestFrame('large', { bytes: 64 << 20 }));
    setImmediate(() => {
      proxy.reset();
    });
    await expect(lost).rejects.toMatchObject({ reason: 'inference_failed' });
  });

  it('tells progress to those who want it, and to nobody else', async () => {
    const server = await serve((request) => {
      request.progress('running', 50);
      return Promise.resolve(responseFrame(request.id));
    });
    const client = connect(server.address);
    const heard: string[] = [];
    const onProgress = (bytes: Buffer) => {
      heard.push(decodeFrame(bytes).id);
    };
    await client.exchange('quiet', requestFrame('quiet'), { onProgress });
    await client.exchange('curious', requestFrame('curious', { wantsProgress: true }), { onProgress });
    expect(heard).toEqual(['curious']);
  });

  it('brings all parts of an answer, in order, before its last frame, however slowly they are read', async () => {
    const parts = 200;
    const server = await serve((request) => {
      // Far more than the other side takes before it has read.
      const text = 'x'.repeat(10_000);
      for (let index = 0; index < parts; index += 1) {
        request.forward(deltaFrame(request.id, { choice: index, text }).toBuffer());
      }
      return Promise.resolve(responseFrame(request.id));
    });
    const heard: number[] = [];
    const onProgress = (bytes: Buffer): void => {
      const { body } = decodeFrame(bytes);
      if (body?.$case === 'delta') heard.push((JSON.parse(body.value.deltaJson) as { choice: number }).choice);
    };
    await connect(server.address).exchange('a', requestFrame('a'), { onProgress });
    expect(heard).toEqual(Array.from({ length: parts }, (_, index) => index));
  });

  it('fails the one request whose progress cannot be told, and no other of the stream', async () => {
    const both = signpost<undefined>();
    const server = await serve(async (request) => {
      if (request.id === 'other') both.reach(undefined);
      await both.reached;
      request.progress('running', 50);
      return responseFrame(request.id);
    });
    const client = connect(server.address);
    const onProgress = () => {
      throw new Error('a mistake of the listener');
    };
    const failing = client.exchange('failing', requestFrame('failing', { wantsProgress: true }), { onProgress });
    const other = client.exchange('other', requestFrame('other'));
    await expect(failing).rejects.toMatchObject({ reason: 'internal' });
    expect(decodeFrame(await other).id).toBe('other');
  });

  it('brings what the handler throws to the caller as a failure frame', async () => {
    const server = await serve(() => Promise.reject(new ServingError('too_large', 'Too much.')));
    expect(failureReason(await connect(server.address).exchange('a', requestFrame('a')))).toBe('too_large');
  });

  it('fails a request that was sent as inference_failed when the socket is cut, and works again after', async () => {
    const arrived = signpost<undefined>();
    let stuck = true;
    const server = await serve(({ id }) => {
      arrived.reach(undefined);
      return stuck ? pending() : Promise.resolve(responseFrame(id));
    });
    const proxy = await proxied(server);
    const client = connect(proxy.address, { patienceMs: 2_000 });
    const lost = client.exchange('a', requestFrame('a'));
    await arrived.reached;
    proxy.reset();
    await expect(lost).rejects.toMatchObject({ reason: 'inference_failed' });
    stuck = false;
    expect(decodeFrame(await client.exchange('b', requestFrame('b'))).id).toBe('b');
  });

  it('fails a request that could not be sent as unavailable', async () => {
    const server = await serve(pending);
    await server.close();
    await expect(connect(server.address, { patienceMs: 0 }).exchange('a', requestFrame('a'))).rejects.toMatchObject({
      reason: 'unavailable',
    });
  });

  it('cancels at the other end when the caller leaves', async () => {
    const arrived = signpost<IncomingRequest>();
    const left = signpost<unknown>();
    const server = await serve((request) => {
      request.signal.addEventListener('abort', () => {
        left.reach(request.signal.reason);
      });
      arrived.reach(request);
      return pending();
    });
    const controller = new AbortController();
    const answer = connect(server.address).exchange('a', requestFrame('a'), { signal: controller.signal });
    await arrived.reached;
    controller.abort();
    await expect(answer).rejects.toMatchObject({ reason: 'cancelled' });
    expect(await left.reached).toMatchObject({ reason: 'cancelled' });
  });

  it('aborts every open request of a client that is gone', async () => {
    const arrived = signpost<IncomingRequest>();
    const server = await serve((request) => {
      arrived.reach(request);
      return pending();
    });
    const client = connect(server.address);
    client.exchange('a', requestFrame('a')).catch(() => undefined);
    const { signal } = await arrived.reached;
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve();
      });
    });
    client.close();
    await aborted;
    expect(signal.reason).toMatchObject({ reason: 'cancelled' });
  });

  it('keeps the deadline at the sender and at the receiver', async () => {
    const server = await serve(pending);
    const client = connect(server.address);
    await expect(client.exchange('a', requestFrame('a'), { deadlineMs: 20 })).rejects.toMatchObject({
      reason: 'deadline_exceeded',
    });
    expect(failureReason(await client.exchange('b', requestFrame('b', { deadlineMs: 20 })))).toBe('deadline_exceeded');
  });

  it('refuses more requests than there are places, at either end', async () => {
    const server = await serve(pending, 1);
    const [patient, eager] = [connect(server.address), connect(server.address, { maxInFlight: 0 })];
    patient.exchange('a', requestFrame('a')).catch(() => undefined);
    expect(failureReason(await patient.exchange('b', requestFrame('b')))).toBe('overloaded');
    await expect(eager.exchange('c', requestFrame('c'))).rejects.toMatchObject({ reason: 'overloaded' });
  });

  it('reads no more from a client that does not read its answers', async () => {
    let pulled = 0;
    const server = await serve(({ id }) => {
      pulled += 1;
      return Promise.resolve(responseFrame(id, 1 << 16));
    }, 10_000);
    const client = new Client(server.address, credentials.createInsecure(), {
      ...clientOptions(),
      'grpc-node.flow_control_window': 1 << 20,
    });
    closers.push(() => {
      client.close();
    });
    const { path, requestSerialize } = MODEL_HOST_INFER;
    const call: ClientDuplexStream<EncodedFrame, Buffer> = client.makeBidiStreamRequest(
      path,
      requestSerialize,
      (bytes) => bytes,
    );
    closers.push(() => {
      call.cancel();
    });
    call.on('error', () => undefined);
    // One answer is read first: a grpc-js client that never began to read lets everything in.
    const sent = 500;
    call.write(requestFrame('r0', { bytes: 16_384 }));
    await new Promise<void>((resolve) => {
      call.once('data', () => {
        call.pause();
        resolve();
      });
    });
    for (let index = 1; index < sent; index += 1) call.write(requestFrame(`r${String(index)}`, { bytes: 16_384 }));
    // Long enough when the count has stood still over many turns of the loop.
    for (let before = -1, still = 0; still < 200; still = pulled === before && pulled > 0 ? still + 1 : 0) {
      before = pulled;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(pulled).toBeLessThan(250);
    // And it goes on where it stopped.
    let answered = 1;
    const all = new Promise<void>((resolve) => {
      call.on('data', () => {
        answered += 1;
        if (answered === sent) resolve();
      });
    });
    call.resume();
    await all;
    expect(pulled).toBe(sent);
  });

  it('lets open requests end when the server closes, and takes no new ones', async () => {
    const arrived = signpost<undefined>();
    const answer = signpost<EncodedFrame>();
    const server = await serve(() => {
      arrived.reach(undefined);
      return answer.reached;
    });
    const client = connect(server.address);
    const first = client.exchange('a', requestFrame('a'));
    await arrived.reached;
    const closed = server.close();
    expect(failureReason(await client.exchange('b', requestFrame('b')))).toBe('unavailable');
    answer.reach(responseFrame('a'));
    expect(decodeFrame(await first).id).toBe('a');
    await closed;
  });
});

describe('the server of the pinned grpc-js', () => {
  it('offers a receive window large enough that a tensor needs no round trips', async () => {
    const server = await startGrpcServer({ listen: { host: '127.0.0.1', port: 0 }, register: () => undefined });
    const { connect } = await import('node:http2');
    const session = connect(`http://${server.address}`);
    const settings = await new Promise<{ initialWindowSize?: number }>((resolve) =>
      session.once('remoteSettings', resolve),
    );
    expect(settings.initialWindowSize).toBe(16 << 20);
    session.destroy();
    await server.close();
  });
});
