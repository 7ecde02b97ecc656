import { InferRequest, InferResponse, InferStreamResponse, MedServeService } from '@medserve/contracts';
import { ServingError } from '@medserve/errors';
import { CallGate, startGrpcServer, type GrpcServer } from '@medserve/rpc';
import type { Principal } from '@medserve/security';
import { catalogueEntry, connectRawGrpc, grpcMessage, type RawCall, type RawGrpc } from '@medserve/testkit';
import { classifies, ImageWorld, PRINCIPAL } from '../testing/image-world';
import { MEDSERVE_SERVICE } from './infer-method';
import { medServeService } from './medserve-service';
import { openDoor } from '../testing/open-door';
import { quietOversight } from '../testing/quiet-oversight';

const OK = 0;
const INVALID_ARGUMENT = 3;
const UNAVAILABLE = 14;

const COLD = catalogueEntry('net', { serves: classifies(true), expectedLoadMs: 4_200 });
const SMALL = catalogueEntry('small', { serves: classifies(false), state: 'ready' });

const FILE = { mediaType: 'application/dicom', data: Uint8Array.of(1) };
const TENSOR = { name: 'x', datatype: 'UINT8', shape: [1], data: Uint8Array.of(1) };

const requestOf = (more: Partial<InferRequest> = {}): InferRequest => ({
  ...InferRequest.decode(new Uint8Array()),
  files: [FILE],
  ...more,
});

describe('a cold start at the native gRPC door', () => {
  let world: ImageWorld;
  let server: GrpcServer;
  let client: RawGrpc;

  beforeEach(async () => {
    world = new ImageWorld();
    world.offer(COLD, SMALL);
    const { preparation, road, catalogue, results, instruments, references, wake } = world;
    const gate = new CallGate<Principal>({
      admit: () => Promise.resolve(PRINCIPAL),
      budget: { take: () => () => undefined },
      maxMessageBytes: 1 << 20,
      onRefused: () => undefined,
    });
    server = await startGrpcServer({
      listen: { host: '127.0.0.1', port: 0 },
      graceMs: 10,
      maxMessageBytes: 1 << 20,
      gate,
      register: (grpc) => {
        grpc.addService(
          MEDSERVE_SERVICE,
          medServeService({
            enter: (by) => openDoor.enter(by),
            principalOf: (context) => gate.callerOf(context),
            ...{ preparation, road, catalogue, instruments, references, wake },
            results: quietOversight(results).oversight.results,
          }),
        );
      },
    });
    client = connectRawGrpc(server.address);
  });
  afterEach(async () => {
    await client.close();
    await server.close();
  });

  const call = (
    method: 'infer' | 'inferStream',
    headers: Record<string, string> = {},
    request: InferRequest = requestOf(),
  ): RawCall => {
    const made = client.call(MedServeService[method].path, headers);
    made.write(grpcMessage(InferRequest.encode(request).finish()));
    made.end();
    return made;
  };

  it('says in a trailer how long the model was waited for', async () => {
    const dispatched = world.next();
    const made = call('infer');
    const { tell, answer } = await dispatched;
    tell?.({ phase: 'loading', percent: 2, expectedMs: 4_200 });
    tell?.({ phase: 'running', percent: 50 });
    answer();
    await made.next();
    const { code, trailers } = await made.status;
    expect(code).toBe(OK);
    expect(trailers['medserve-cold-start-ms']).toMatch(/^\d+$/);
    expect(trailers['server-timing']).toContain('load;dur=');
  });

  it('has no such trailer where nothing was loaded', async () => {
    const dispatched = world.next();
    const made = call('infer', {}, requestOf({ model: 'small' }));
    (await dispatched).answer();
    await made.next();
    expect((await made.status).trailers).not.toHaveProperty('medserve-cold-start-ms');
  });

  it.each([
    ['an image', requestOf()],
    ['tensors', requestOf({ files: [], tensors: [TENSOR], model: 'net' })],
  ])('is refused with %s to who waits less, with when to come back', async (_what, request) => {
    const { code, trailers } = await call('infer', { prefer: 'wait=3, respond-async' }, request).status;
    expect(code).toBe(UNAVAILABLE);
    expect(trailers).toMatchObject({ 'medserve-reason': 'model_loading', 'retry-after-ms': '4200' });
    expect(world.woken).toEqual([{ name: 'net', version: '1' }]);
  });

  it('passes on what the router says about coming back', async () => {
    const dispatched = world.next();
    const made = call('infer');
    (await dispatched).fail(new ServingError('model_loading', 'The room is full.', { retryAfterMs: 7_500 }));
    expect((await made.status).trailers).toMatchObject({ 'retry-after-ms': '7500' });
  });

  it('is avoided by a fallback that is loaded', async () => {
    const dispatched = world.next();
    const made = call('infer', { 'medserve-fallback': 'small' });
    (await dispatched).answer();
    const { answer } = InferResponse.decode((await made.next()) ?? Buffer.alloc(0));
    expect(JSON.parse(Buffer.from(answer).toString())).toMatchObject({
      provenance: { model: { name: 'small' } },
      warnings: [expect.stringContaining('net:1')],
    });
  });

  it('takes no fallback for tensors, which fit one model', async () => {
    const request = requestOf({ files: [], tensors: [TENSOR], model: 'net' });
    const { code, trailers } = await call('infer', { 'medserve-fallback': 'small' }, request).status;
    expect(code).toBe(INVALID_ARGUMENT);
    expect(trailers).toMatchObject({ 'medserve-field': 'fallback' });
  });

  it('is told on the way with phase, percent and expected time', async () => {
    const dispatched = world.next();
    const made = call('inferStream');
    const event = async () => InferStreamResponse.decode((await made.next()) ?? Buffer.alloc(0)).event;
    expect(await event()).toMatchObject({ value: { phase: 'accepted' } });
    const { tell, answer } = await dispatched;
    tell?.({ phase: 'loading', percent: 2, expectedMs: 4_200 });
    expect(await event()).toMatchObject({
      $case: 'progress',
      value: { phase: 'loading', percent: 2, expectedMs: 4_200 },
    });
    answer();
    expect(await event()).toMatchObject({ $case: 'result' });
  });

  it('passes on the words of a model that writes, all of them before the answer', async () => {
    const dispatched = world.next();
    const made = call('inferStream');
    const events: InferStreamResponse['event'][] = [];
    const { write, answer } = await dispatched;
    for (const word of ['No ', 'effu', 'sion.']) write(word);
    answer();
    for (let message = await made.next(); message !== undefined; message = await made.next()) {
      events.push(InferStreamResponse.decode(message).event);
    }
    const words = events.map((event) => (event?.$case === 'delta' ? event.value.text : ''));
    expect(words.join('')).toBe('No effusion.');
    expect(events.at(-1)).toMatchObject({ $case: 'result' });
  });
});
