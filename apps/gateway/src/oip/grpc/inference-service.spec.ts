import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import {
  GRPCInferenceServiceService as Methods,
  ModelInferRequest,
  ModelInferResponse,
  ModelStatisticsResponse,
  ModelStreamInferResponse,
  RepositoryModelLoadRequest,
  RepositoryModelUnloadRequest,
  ServerReadyResponse,
} from '@medserve/contracts/oip';
import { ServingError } from '@medserve/errors';
import { CallGate, startGrpcServer, type GrpcServer } from '@medserve/rpc';
import { Tracer } from '@medserve/runtime';
import type { Principal } from '@medserve/security';
import { connectRawGrpc, grpcMessage, type RawCall, type RawGrpc } from '@medserve/testkit';
import type { ModelStatistics, OipAnswer, OipModels, OipRequest } from '../ports';
import { inferenceService } from './inference-service';
import { INFERENCE_SERVICE } from './wire/methods';
import { openDoor } from '../../testing/open-door';

const OK = 0;
const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;

const PRINCIPAL: Principal = { id: 'key', kind: 'key', tenant: 'home', scopes: new Set(['infer']) };

const DURATION = { count: 1, ns: 2_000 };
const STATISTICS: ModelStatistics = {
  name: 'net',
  version: '1',
  lastInferenceMs: 1_764_000_000_000,
  inferenceCount: 8,
  executionCount: 2,
  success: DURATION,
  fail: DURATION,
  queue: DURATION,
  computeInput: DURATION,
  computeInfer: DURATION,
  computeOutput: DURATION,
  cacheHit: DURATION,
  cacheMiss: DURATION,
  batches: [{ rows: 4, computeInput: DURATION, computeInfer: DURATION, computeOutput: DURATION }],
  memoryBytes: 1_000,
};

/** Gives back what came in. */
const echo = (request: OipRequest): OipAnswer => ({
  requestId: 'record-1',
  model: request.model,
  version: request.version ?? '1',
  id: request.id,
  outputs: request.inputs,
  serverTiming: 'queue;dur=1',
});

const noModel = () => new ServingError('model_not_found', 'There is no model "none".');

const modelOf = (request: Partial<ModelInferRequest> = {}): ModelInferRequest => ({
  modelName: 'net',
  modelVersion: '',
  id: '',
  parameters: {},
  inputs: [{ name: 'x', datatype: 'INT32', shape: [1, 2], parameters: {}, contents: undefined }],
  outputs: [],
  rawInputContents: [Buffer.from(Int32Array.of(7, 8).buffer)],
  ...request,
});

const messageOf = (request: Partial<ModelInferRequest> = {}): Buffer =>
  grpcMessage(ModelInferRequest.encode(modelOf(request)).finish());

describe('the service of the Open Inference Protocol over gRPC', () => {
  let server: GrpcServer;
  let client: RawGrpc;
  let infer: (request: OipRequest, signal: AbortSignal) => Promise<OipAnswer>;
  let asked: OipRequest[];
  let loads: Parameters<OipModels['load']>[0][];
  let unloads: string[];
  let refused: string[];

  beforeEach(async () => {
    asked = [];
    loads = [];
    unloads = [];
    refused = [];
    infer = (request) => Promise.resolve(echo(request));
    const gate = new CallGate<Principal>({
      admit: () => Promise.resolve(PRINCIPAL),
      budget: { take: () => () => undefined },
      maxMessageBytes: 1 << 20,
      onRefused: () => undefined,
    });
    const service = inferenceService({
      tracer: new Tracer(),
      enter: (by) => openDoor.enter(by),
      principalOf: (context) => gate.callerOf(context),
      onAnswered: (message) => {
        gate.done(message);
      },
      ready: () => Promise.resolve(true),
      inference: {
        infer: (principal, request, signal, onAccepted) => {
          expect(principal).toBe(PRINCIPAL);
          asked.push(request);
          if (request.model !== 'none') onAccepted?.('record-1');
          return infer(request, signal);
        },
      },
      onRefused: ({ reason }) => refused.push(reason),
      models: {
        ready: (name) => name === 'net',
        metadata: () => {
          throw noModel();
        },
        config: (name) => ({ name, max_batch_size: 8 }),
        index: () => [{ name: 'net', version: '1', state: 'READY', reason: '' }],
      },
      changes: {
        load: (by, load) => {
          expect(by).toBe(PRINCIPAL);
          loads.push(load);
          return Promise.resolve();
        },
        unload: (by, name) => {
          expect(by).toBe(PRINCIPAL);
          unloads.push(name);
          return Promise.resolve();
        },
      },
      statistics: { read: () => [STATISTICS] },
    });
    server = await startGrpcServer({
      listen: { host: '127.0.0.1', port: 0 },
      graceMs: 10,
      maxMessageBytes: 1 << 20,
      gate,
      register: (grpc) => {
        grpc.addService(INFERENCE_SERVICE, service);
      },
    });
    client = connectRawGrpc(server.address);
  });
  afterEach(async () => {
    await client.close();
    await server.close();
  });

  const call = (method: keyof typeof Methods, message: Uint8Array, headers?: Record<string, string>): RawCall => {
    const made = client.call(Methods[method].path, headers);
    made.write(message);
    made.end();
    return made;
  };
  const plain = (method: keyof typeof Methods, bytes: Uint8Array = new Uint8Array()) =>
    call(method, grpcMessage(bytes));
  const answered = async (made: RawCall): Promise<ModelInferResponse> =>
    ModelInferResponse.decode((await made.next()) ?? Buffer.alloc(0));
  const entry = async (stream: RawCall): Promise<ModelStreamInferResponse> =>
    ModelStreamInferResponse.decode((await stream.next()) ?? Buffer.alloc(0));

  describe('ModelInfer', () => {
    it('answers raw contents as raw contents, with the id that was sent', async () => {
      const made = call('modelInfer', messageOf({ id: 'visit-7 ü', modelVersion: '2' }));
      expect(await answered(made)).toMatchObject({
        modelName: 'net',
        modelVersion: '2',
        id: 'visit-7 ü',
        outputs: [{ name: 'x', datatype: 'INT32', shape: [1, 2], contents: undefined }],
        rawOutputContents: [Buffer.from(Int32Array.of(7, 8).buffer)],
      });
      expect(await made.status).toMatchObject({
        code: OK,
        trailers: { 'x-request-id': 'record-1', 'server-timing': 'queue;dur=1' },
      });
    });

    it('takes typed contents', async () => {
      const contents = {
        ...{ boolContents: [], int64Contents: [], uintContents: [], uint64Contents: [] },
        ...{ fp32Contents: [], fp64Contents: [], bytesContents: [], intContents: [-1, 5] },
      };
      const inputs = [{ name: 'x', datatype: 'INT32', shape: [2], parameters: {}, contents }];
      const made = call('modelInfer', messageOf({ inputs, rawInputContents: [] }));
      expect((await answered(made)).rawOutputContents).toEqual([Buffer.from(Int32Array.of(-1, 5).buffer)]);
    });

    it('reads what the parameters ask for, and the classes of an output', async () => {
      const number = (value: number) => ({ parameterChoice: { $case: 'int64Param', value } }) as const;
      const message = messageOf({
        parameters: { priority: number(1), timeout: number(5_000), sequence_id: number(9) },
        outputs: [
          { name: 'y', parameters: { classification: number(3) } },
          { name: 'z', parameters: {} },
        ],
      });
      await call('modelInfer', message).status;
      expect(asked[0]).toMatchObject({
        class: 'stat',
        deadlineMs: 5,
        affinityKey: '9',
        outputs: [{ name: 'y', classes: 3 }, { name: 'z' }],
      });
    });

    it('names the record of a request that failed, and counts only what was refused before it had one', async () => {
      infer = () => Promise.reject(new ServingError('inference_failed', 'It failed.'));
      const made = call('modelInfer', messageOf());
      expect(await made.status).toMatchObject({ trailers: { 'x-request-id': 'record-1' } });
      expect(refused).toEqual([]);
      await call('modelInfer', messageOf({ modelName: 'none' })).status;
      expect(refused).toEqual(['inference_failed']);
    });

    it("ends by the call's deadline when that is earlier than the parameter's", async () => {
      await call('modelInfer', messageOf(), { 'grpc-timeout': '2S' }).status;
      expect(asked[0]?.deadlineMs).toBeLessThanOrEqual(2_000);
    });

    it.each<[string, Partial<ModelInferRequest>]>([
      ['fewer raw contents than inputs', { inputs: [...modelOf().inputs, ...modelOf().inputs] }],
      ['raw contents that are too short', { rawInputContents: [Buffer.alloc(7)] }],
      ['a datatype that is not known', { inputs: [{ ...modelOf().inputs[0], datatype: 'BF16' } as never] }],
      [
        'a reserved parameter',
        { parameters: { triton_mine: { parameterChoice: { $case: 'boolParam', value: true } } } },
      ],
      [
        'classes that are no number',
        {
          outputs: [
            { name: 'y', parameters: { classification: { parameterChoice: { $case: 'stringParam', value: 'many' } } } },
          ],
        },
      ],
    ])('refuses %s as INVALID_ARGUMENT', async (_what, request) => {
      expect(await call('modelInfer', messageOf(request)).status).toMatchObject({ code: INVALID_ARGUMENT });
      expect(asked).toEqual([]);
      expect(refused).toEqual(['invalid_request']);
    });

    it.each([2n ** 63n - 1n, -1n, 2n ** 53n])('refuses the dimension %s as INVALID_ARGUMENT', async (size) => {
      const input = new BinaryWriter().uint32((2 << 3) | WireType.LengthDelimited).string('UINT8');
      input.uint32((3 << 3) | WireType.Varint).int64(size);
      const request = new BinaryWriter().uint32((5 << 3) | WireType.LengthDelimited).bytes(input.finish());
      request.uint32((7 << 3) | WireType.LengthDelimited).bytes(new Uint8Array(1));
      expect(await plain('modelInfer', request.finish()).status).toMatchObject({ code: INVALID_ARGUMENT });
    });

    it('refuses bytes that are no request as INVALID_ARGUMENT', async () => {
      expect(await plain('modelInfer', Buffer.from([0x0a, 0x05, 0x41])).status).toMatchObject({
        code: INVALID_ARGUMENT,
      });
    });

    it('refuses shared memory as UNIMPLEMENTED', async () => {
      const parameters = { shared_memory_region: { parameterChoice: { $case: 'stringParam', value: 'r' } } } as const;
      const inputs = [{ name: 'x', datatype: 'INT32', shape: [1, 2], parameters, contents: undefined }];
      expect(await call('modelInfer', messageOf({ inputs })).status).toMatchObject({ code: UNIMPLEMENTED });
    });

    it('stops the work of a caller who is gone', async () => {
      const aborted = Promise.withResolvers<unknown>();
      infer = (_request, signal) =>
        new Promise(() => {
          signal.addEventListener('abort', () => {
            aborted.resolve(signal.reason);
          });
          made.cancel();
        });
      const made = call('modelInfer', messageOf());
      expect(await aborted.promise).toMatchObject({ reason: 'cancelled' });
    });
  });

  describe('ModelStreamInfer', () => {
    const stream = (headers?: Record<string, string>) => client.call(Methods.modelStreamInfer.path, headers);

    it('answers in the order of the requests, whatever order they end in', async () => {
      const ends = new Map<string, () => void>();
      infer = (request) =>
        new Promise((resolve) => {
          ends.set(request.id ?? '', () => {
            resolve(echo(request));
          });
          if (ends.size === 3) for (const id of ['c', 'b', 'a']) ends.get(id)?.();
        });
      const open = stream();
      for (const id of ['a', 'b', 'c']) open.write(messageOf({ id }));
      open.end();
      const ids = [await entry(open), await entry(open), await entry(open)].map((found) => found.inferResponse?.id);
      expect(ids).toEqual(['a', 'b', 'c']);
      expect(await open.status).toMatchObject({ code: OK });
    });

    it('marks each answer as the last of its request', async () => {
      const open = stream();
      const wish = { parameterChoice: { $case: 'boolParam', value: true } } as const;
      open.write(messageOf({ parameters: { triton_enable_empty_final_response: wish } }));
      expect((await entry(open)).inferResponse?.parameters).toMatchObject({
        triton_final_response: { parameterChoice: { $case: 'boolParam', value: true } },
        medserve_request_id: { parameterChoice: { $case: 'stringParam', value: 'record-1' } },
      });
    });

    it('goes on after an error, which says of which request it is', async () => {
      infer = (request) => (request.model === 'none' ? Promise.reject(noModel()) : Promise.resolve(echo(request)));
      const open = stream();
      for (const [modelName, id] of [
        ['net', 'a'],
        ['none', 'b'],
        ['other', 'c'],
      ]) {
        open.write(messageOf({ modelName, id } as Partial<ModelInferRequest>));
      }
      open.end();
      expect(await entry(open)).toMatchObject({ errorMessage: '', inferResponse: { id: 'a', modelName: 'net' } });
      expect(await entry(open)).toMatchObject({
        errorMessage: 'There is no model "none".',
        inferResponse: { id: 'b' },
      });
      expect(await entry(open)).toMatchObject({ errorMessage: '', inferResponse: { id: 'c', modelName: 'other' } });
      expect(await open.status).toMatchObject({ code: OK });
    });

    it('ends with the status of an error where the caller wishes that, and stops what else runs', async () => {
      const behind = Promise.withResolvers<undefined>();
      const stopped = Promise.withResolvers<unknown>();
      infer = (request, signal) => {
        if (request.model === 'none') return behind.promise.then(() => Promise.reject(noModel()));
        behind.resolve(undefined);
        return new Promise(() => {
          signal.addEventListener('abort', () => {
            stopped.resolve(signal.reason);
          });
        });
      };
      const open = stream({ triton_grpc_error: 'true' });
      open.write(messageOf({ modelName: 'none' }));
      open.write(messageOf({ modelName: 'net' }));
      expect(await open.status).toMatchObject({ code: NOT_FOUND, trailers: { 'medserve-reason': 'model_not_found' } });
      expect(await stopped.promise).toMatchObject({ reason: 'model_not_found' });
    });

    it('ends with an error only after the answers to what came before it', async () => {
      const late = Promise.withResolvers<undefined>();
      infer = async (request) => {
        if (request.model === 'none') {
          late.resolve(undefined);
          throw noModel();
        }
        await late.promise;
        return echo(request);
      };
      const open = stream({ triton_grpc_error: 'true' });
      for (const [id, modelName] of ['net', 'net', 'none'].entries())
        open.write(messageOf({ id: String(id), modelName }));
      expect((await entry(open)).inferResponse?.id).toBe('0');
      expect((await entry(open)).inferResponse?.id).toBe('1');
      expect(await open.status).toMatchObject({ code: NOT_FOUND });
    });

    it('reads no more of a stream that has failed', async () => {
      infer = () => Promise.reject(noModel());
      const open = stream({ triton_grpc_error: 'true' });
      for (let index = 0; index < 100; index += 1) open.write(messageOf({ id: String(index) }));
      expect(await open.status).toMatchObject({ code: NOT_FOUND });
      expect(asked.length).toBeLessThan(32);
    });

    it('takes no more requests than it may while none of them is answered', async () => {
      const waiting: (() => void)[] = [];
      const isFull = Promise.withResolvers<undefined>();
      infer = (request) =>
        new Promise((resolve) => {
          waiting.push(() => {
            resolve(echo(request));
          });
          if (waiting.length === 32) isFull.resolve(undefined);
        });
      const open = stream();
      for (let index = 0; index < 40; index += 1) open.write(messageOf({ id: String(index) }));
      await isFull.promise;
      // A call on the same connection that is answered later than all of these requests came.
      await plain('serverLive').status;
      expect(asked).toHaveLength(32);
      infer = (request) => Promise.resolve(echo(request));
      for (const end of waiting) end();
      for (let index = 0; index < 40; index += 1) expect((await entry(open)).inferResponse?.id).toBe(String(index));
    });

    it('stops all work of a caller who is gone', async () => {
      const reasons: unknown[] = [];
      const all = Promise.withResolvers<undefined>();
      let running = 0;
      infer = (_request, signal) =>
        new Promise(() => {
          signal.addEventListener('abort', () => {
            reasons.push(signal.reason);
            if (reasons.length === 3) all.resolve(undefined);
          });
          running += 1;
          if (running === 3) open.cancel();
        });
      const open = stream();
      for (const id of ['a', 'b', 'c']) open.write(messageOf({ id }));
      await all.promise;
      expect(reasons).toEqual(
        Array.from({ length: 3 }, () => expect.objectContaining({ reason: 'cancelled' }) as unknown),
      );
    });

    it('ends a stream whose bytes are no request with INVALID_ARGUMENT', async () => {
      const open = stream();
      open.write(grpcMessage(Buffer.from([0x0a, 0x05, 0x41])));
      expect(await open.status).toMatchObject({ code: INVALID_ARGUMENT });
    });
  });

  it('says whether it is ready', async () => {
    const made = plain('serverReady');
    expect(ServerReadyResponse.decode((await made.next()) ?? Buffer.alloc(0))).toEqual({ ready: true });
  });

  it('names what is not there', async () => {
    expect(await plain('modelMetadata').status).toMatchObject({
      code: NOT_FOUND,
      details: 'There is no model "none".',
    });
  });

  it('tells the statistics of models', async () => {
    const made = plain('modelStatistics');
    const { modelStats } = ModelStatisticsResponse.decode((await made.next()) ?? Buffer.alloc(0));
    expect(modelStats).toMatchObject([
      {
        name: 'net',
        lastInference: 1_764_000_000_000,
        inferenceCount: 8,
        executionCount: 2,
        inferenceStats: { success: DURATION, cacheMiss: DURATION },
        batchStats: [{ batchSize: 4, computeInfer: DURATION }],
        memoryUsage: [{ type: 'CPU', byteSize: 1_000 }],
      },
    ]);
  });

  it('loads a model with a configuration and files', async () => {
    const request = RepositoryModelLoadRequest.encode({
      repositoryName: '',
      modelName: 'net',
      parameters: {
        config: { parameterChoice: { $case: 'stringParam', value: '{}' } },
        'file:1/model.onnx': { parameterChoice: { $case: 'bytesParam', value: Buffer.from('onnx') } },
      },
    }).finish();
    expect(await plain('repositoryModelLoad', request).status).toMatchObject({ code: OK });
    expect(loads).toEqual([{ name: 'net', configJson: '{}', files: { '1/model.onnx': Buffer.from('onnx') } }]);
  });

  it('takes the name of a model in the field where the clients of KServe have it', async () => {
    const request = { repositoryName: 'net', modelName: '', parameters: {} };
    expect(
      await plain('repositoryModelUnload', RepositoryModelUnloadRequest.encode(request).finish()).status,
    ).toMatchObject({ code: OK });
    expect(unloads).toEqual(['net']);
  });

  it.each([
    ['without a name', { repositoryName: '', modelName: '', parameters: {} }],
    [
      'with a parameter that is not known',
      {
        repositoryName: '',
        modelName: 'net',
        parameters: { other: { parameterChoice: { $case: 'boolParam' as const, value: true } } },
      },
    ],
  ])('refuses to load %s', async (_what, request) => {
    const bytes = RepositoryModelLoadRequest.encode(request).finish();
    expect(await plain('repositoryModelLoad', bytes).status).toMatchObject({ code: INVALID_ARGUMENT });
    expect(loads).toEqual([]);
  });

  it.each(['systemSharedMemoryStatus', 'cudaSharedMemoryRegister', 'traceSetting', 'logSettings'] as const)(
    'does not offer %s',
    async (method) => {
      expect(await plain(method).status).toMatchObject({
        code: UNIMPLEMENTED,
        trailers: { 'medserve-reason': 'unsupported' },
      });
    },
  );
});
