import { ModelHostService } from '@medserve/contracts';
import { ServingError } from '@medserve/errors';
import { encodeRequest } from '../client/dispatch';
import { peekFrame } from '../frame/codec';
import { failureFrame } from '../frame/failure-frame';
import type { EncodedFrame } from '../frame/frame-payload';
import { startGrpcServer, type GrpcServer } from '../server/grpc-server';
import { FrameStreamClient } from './frame-stream-client';
import { MODEL_HOST_INFER } from './methods';
import { serveFrames, type FrameHandler } from './serve-frames';

const answerTo = (id: string): EncodedFrame => failureFrame(id, new ServingError('internal', 'answered'));
const request = (id: string) =>
  encodeRequest(
    { id, tenant: 't', class: 'routine', deadlineMs: 5_000, input: { kind: 'tensors', tensors: [] } },
    false,
  );

describe('a server of frames that is about to go', () => {
  let server: GrpcServer;
  let client: FrameStreamClient;
  let handle: FrameHandler;
  let leaving: AbortController;
  let deserted: Promise<void>;

  beforeEach(async () => {
    leaving = new AbortController();
    let onDeserted: () => void = () => undefined;
    deserted = new Promise((resolve) => {
      onDeserted = resolve;
    });
    server = await startGrpcServer({
      listen: { host: '127.0.0.1', port: 0 },
      graceMs: 0,
      register: (grpc, closing) => {
        const infer = serveFrames({
          handle: (incoming) => handle(incoming),
          maxInFlight: 10,
          closing,
          leaving: leaving.signal,
          onDeserted,
        });
        grpc.addService({ ...ModelHostService, infer: MODEL_HOST_INFER }, { infer });
      },
    });
    client = new FrameStreamClient({
      address: server.address,
      method: MODEL_HOST_INFER,
      maxInFlight: 10,
      patienceMs: 20_000,
    });
    await client.connect();
  });
  afterEach(async () => {
    client.close();
    await server.close();
  });

  it('is left by a client that has nothing open', async () => {
    leaving.abort();
    await deserted;
    expect(client.connected).toBe(false);
  });

  it('is left by a client when it has its answers, and not before', async () => {
    let answer: (frame: EncodedFrame) => void = () => undefined;
    const began = new Promise<void>((resolve) => {
      handle = () =>
        new Promise((give) => {
          answer = give;
          resolve();
        });
    });
    const open = client.exchange('a', request('a'));
    await began;
    let isDeserted = false;
    void deserted.then(() => {
      isDeserted = true;
    });
    leaving.abort();
    const refused = client.exchange('b', request('b'));
    handle = () => Promise.reject(new ServingError('unavailable', 'The model is being unloaded.'));
    expect(peekFrame(await refused)).toMatchObject({ id: 'b', kind: 'failure' });
    expect(isDeserted).toBe(false);
    answer(answerTo('a'));
    expect(peekFrame(await open)).toMatchObject({ id: 'a' });
    await deserted;
  });

  it('tells at once whoever comes later', async () => {
    leaving.abort();
    await deserted;
    handle = () => Promise.reject(new ServingError('unavailable', 'The model is being unloaded.'));
    expect(peekFrame(await client.exchange('a', request('a')))).toMatchObject({ id: 'a', kind: 'failure' });
  });

  it('has nobody to wait for when nobody is there', async () => {
    client.close();
    leaving.abort();
    await deserted;
  });
});
