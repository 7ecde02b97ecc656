import { MedServeService } from '@medserve/contracts';
import { GRPCInferenceServiceService, ModelInferRequest, ModelStreamInferResponse } from '@medserve/contracts/oip';
import { startGrpcServer, type CallContext, type GrpcServer } from '@medserve/rpc';
import { noopInstruments, Tracer } from '@medserve/runtime';
import type { Authenticator } from '@medserve/security';
import type { Quota } from '@medserve/serving';
import { connectRawGrpc, grpcMessage, type RawGrpc } from '@medserve/testkit';
import { grpcGate } from '../grpc/gate';
import { MEDSERVE_SERVICE } from '../grpc/infer-method';
import { medServeService, type MedServeServiceParts } from '../grpc/medserve-service';
import { BodyBudget } from '../http/body-budget';
import { inferenceService, type InferenceServiceParts } from '../oip/grpc/inference-service';
import { INFERENCE_SERVICE } from '../oip/grpc/wire/methods';
import { FakeQuotaStore } from '../testing/fake-quota-store';
import { PRINCIPAL } from '../testing/image-world';
import { Doorkeeper } from './doorkeeper';
import { Quotas } from './quotas';

const RESOURCE_EXHAUSTED = 8;
const NONE: Quota = { tenant: 't', client: '', kind: 'requests', limit: 0, windowS: 60, exemptsStat: false };

const messageOf = (id: string): Uint8Array =>
  ModelInferRequest.encode({
    modelName: 'net',
    modelVersion: '',
    id,
    parameters: {},
    inputs: [],
    outputs: [],
    rawInputContents: [],
  }).finish();

describe('the gRPC door', () => {
  let server: GrpcServer;
  let client: RawGrpc;

  beforeAll(async () => {
    const instruments = noopInstruments();
    const doorkeeper = new Doorkeeper({
      quotas: new Quotas({
        store: new FakeQuotaStore([NONE]),
        health: { answered: () => undefined, failed: () => undefined },
        owner: '1',
        clientConcurrency: 10,
        now: () => 0,
      }),
      outbox: { check: () => undefined },
      meter: { refused: () => undefined },
      instruments,
    });
    const authenticator: Pick<Authenticator, 'authenticate'> = { authenticate: () => Promise.resolve(PRINCIPAL) };
    const gate = grpcGate({
      authenticator: authenticator as Authenticator,
      check: (by) => doorkeeper.check(by),
      instruments,
      denials: { of: () => Promise.resolve(), unknown: () => undefined },
      budget: new BodyBudget(1 << 20),
      maxMessageBytes: 1 << 20,
    });
    // Nothing behind the quotas is reached.
    const behind = {
      instruments,
      tracer: new Tracer(),
      principalOf: (context: CallContext) => gate.callerOf(context),
      enter: (by: typeof PRINCIPAL) => doorkeeper.enter(by),
      onRefused: () => undefined,
      onAnswered: () => undefined,
    };
    server = await startGrpcServer({
      gate,
      listen: { host: '127.0.0.1', port: 0 },
      maxMessageBytes: 1 << 20,
      register: (grpc) => {
        grpc.addService(
          MEDSERVE_SERVICE,
          medServeService(behind as Partial<MedServeServiceParts> as MedServeServiceParts),
        );
        grpc.addService(
          INFERENCE_SERVICE,
          inferenceService(behind as Partial<InferenceServiceParts> as InferenceServiceParts),
        );
      },
    });
    client = connectRawGrpc(server.address);
  });
  afterAll(async () => {
    await client.close();
    await server.close();
  });

  const exceeded = {
    code: RESOURCE_EXHAUSTED,
    trailers: {
      'medserve-reason': 'quota_exceeded',
      'medserve-limit': 'tenant-requests: 0 requests in 60 s',
      'retry-after-ms': '60000',
    },
  };

  it.each([
    ['a native request', MedServeService.infer.path, new Uint8Array()],
    ['a native stream', MedServeService.inferStream.path, new Uint8Array()],
    ['a request of the Open Inference Protocol', GRPCInferenceServiceService.modelInfer.path, messageOf('a')],
  ])('refuses %s as RESOURCE_EXHAUSTED, naming the quota and when to come back', async (_what, path, message) => {
    const call = client.call(path);
    call.write(grpcMessage(Buffer.from(message)));
    call.end();
    expect(await call.status).toMatchObject(exceeded);
  });

  it('refuses what is known to be refused while its message is still on the way', async () => {
    const call = client.call(MedServeService.infer.path);
    call.write(grpcMessage(Buffer.alloc(10), { byteLength: 900_000 }));
    expect(await call.status).toMatchObject(exceeded);
  });

  it('refuses each request of a stream by itself, and the stream goes on', async () => {
    const call = client.call(GRPCInferenceServiceService.modelStreamInfer.path);
    for (const id of ['a', 'b']) {
      call.write(grpcMessage(Buffer.from(messageOf(id))));
      const entry = ModelStreamInferResponse.decode((await call.next()) ?? Buffer.alloc(0));
      expect(entry).toMatchObject({ errorMessage: 'The quota "tenant-requests" is used up.', inferResponse: { id } });
    }
    call.end();
    expect(await call.status).toMatchObject({ code: 0 });
  });
});
