import { connectRawGrpc, grpcMessage, type RawCall } from '@medserve/testkit';
import { gzipSync } from 'node:zlib';
import { runCampaign, Tally } from './support/campaign';
import { EDGES, mutate, type Draw } from './support/draw';
import { Target } from './support/target';

const METHODS = [
  '/medserve.v1.MedServe/Infer',
  '/medserve.v1.MedServe/InferStream',
  '/medserve.v1.MedServe/GetResult',
  '/medserve.v1.MedServe/ListModels',
  '/inference.GRPCInferenceService/ModelInfer',
  '/inference.GRPCInferenceService/ModelStreamInfer',
  '/inference.GRPCInferenceService/ModelMetadata',
  '/inference.GRPCInferenceService/RepositoryModelLoad',
  '/inference.GRPCInferenceService/ModelStatistics',
  '/grpc.health.v1.Health/Check',
  '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
  '/no.such/Method',
  '/',
  '/medserve.v1.MedServe/infer',
];
const OK = 0;
/** Of gRPC: UNKNOWN and INTERNAL are failures of ours. */
const OURS = new Set([2, 13]);
/** Unless the library says by it, before anything of ours runs, that these bytes are no call (gRPC over HTTP/2). */
const NO_CALL =
  /grpc-timeout|deserializ|decompress|compress|Invalid|message length|Received more than one|Received no message/i;
const HANG_MS = 60_000;
const GONE = -1;
/** Of more than that HTTP/2 itself resets the stream. */
const HTTP2_HEADERS = 100;

interface GrpcCase {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  readonly isCut: boolean;
}

const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
};

/** A protobuf message of any fields; some are cut, of group types, or claim lengths that are not there. */
function message(draw: Draw, depth = 0): Buffer {
  const fields = Array.from({ length: draw.below(6) }, () => {
    const number = draw.pick([1, 2, 3, 4, 5, 6, 7, 100, 18_999, 536_870_911, 0]);
    const type = draw.pick([0, 1, 2, 2, 2, 5, 3, 4, 6, 7]);
    const tag = varint(number * 8 + type);
    switch (type) {
      case 0:
        return Buffer.concat([tag, draw.chance(0.2) ? Buffer.alloc(11, 0xff) : varint(draw.pick(EDGES))]);
      case 1:
        return Buffer.concat([tag, draw.bytes(8)]);
      case 5:
        return Buffer.concat([tag, draw.bytes(4)]);
      case 2: {
        const inside =
          depth < 4 && draw.chance(0.5)
            ? message(draw, depth + 1)
            : draw.pick([Buffer.from('organ-modality'), Buffer.from('FP32'), draw.bytes(draw.below(40))]);
        return Buffer.concat([tag, varint(draw.chance(0.1) ? draw.pick(EDGES) : inside.length), inside]);
      }
      default:
        return tag;
    }
  });
  return Buffer.concat(fields);
}

function drawCase(draw: Draw, key: string): GrpcCase {
  const body = message(draw);
  const framed = draw.pick([
    () => grpcMessage(body),
    () => grpcMessage(body),
    () => grpcMessage(gzipSync(body), { compressed: true }),
    () => grpcMessage(body, { compressed: true }),
    () => grpcMessage(body, { byteLength: draw.pick(EDGES) }),
    () => Buffer.concat([grpcMessage(body), grpcMessage(body)]),
    () => mutate(grpcMessage(body), draw, 16),
    () => grpcMessage(gzipSync(Buffer.alloc(draw.pick([1_000, 2_000_000]))), { compressed: true }),
    () => Buffer.alloc(0),
  ])();
  return {
    path: draw.pick(METHODS),
    headers: {
      ...(draw.chance(0.9) ? { authorization: `Bearer ${key}` } : {}),
      ...(draw.chance(0.2)
        ? { 'grpc-timeout': draw.pick(['0S', '-1S', '1n', '99999999H', 'x', '1', '000000001S']) }
        : {}),
      ...(draw.chance(0.3) ? { 'grpc-encoding': draw.pick(['gzip', 'deflate', 'identity', 'snappy', '']) } : {}),
      ...(draw.chance(0.05)
        ? Object.fromEntries(Array.from({ length: draw.pick([10, 300]) }, (_, at) => [`x-${String(at)}`, 'a']))
        : {}),
      ...(draw.chance(0.1) ? { 'x-bin-bin': draw.pick(['', '!!!', 'AAAA']) } : {}),
    },
    bytes: framed,
    isCut: draw.chance(0.1),
  };
}

describe('what nobody should send over gRPC', () => {
  let target: Target;

  beforeAll(async () => {
    target = await Target.start();
  }, 120_000);
  afterAll(() => target.stop(), 60_000);

  it('is answered or refused with a status that says why', async () => {
    const before = target.servers();
    const tally = new Tally();
    const failures = await runCampaign<GrpcCase>({
      family: 'grpc',
      cases: 3_000,
      make: (draw) => drawCase(draw, target.ready.key),
      run: async ({ path, headers, bytes, isCut }) => {
        const grpc = connectRawGrpc(target.ready.grpc);
        const ended = isCut ? cut(grpc.call(path, headers), bytes) : statusOf(grpc.call(path, headers), bytes);
        const isFlood = Object.keys(headers).length > HTTP2_HEADERS;
        const { code, details } = await ended
          // oxlint-disable-next-line typescript/no-misused-promises -- `finally` waits for what its callback returns
          .finally(() => grpc.close())
          .catch((error: unknown) => {
            if (isFlood) return { code: GONE, details: '' };
            throw error;
          });
        tally.add(String(code));
        return OURS.has(code) && !NO_CALL.test(details)
          ? `${path} ended with the status ${String(code)} ${details}`
          : undefined;
      },
      describe: ({ path, headers, bytes, isCut }) => ({ path, headers, bytes: bytes.toString('base64'), isCut }),
    });
    process.stdout.write(`grpc: ${tally.toString()}\n`);
    expect(failures).toEqual([]);
    expect(tally.kinds).toBeGreaterThan(3);
    expect(tally.toString()).toContain(`${String(OK)} `);
    await target.expectSound(before);
  }, 600_000);
});

interface Ended {
  readonly code: number;
  readonly details: string;
}

/** A caller that goes before it has its answer. */
function cut(call: RawCall, bytes: Buffer): Promise<Ended> {
  if (bytes.length > 0) call.write(bytes);
  call.cancel();
  return call.status.catch(() => ({ code: GONE, details: '' }));
}

async function statusOf(call: RawCall, bytes: Buffer): Promise<Ended> {
  if (bytes.length > 0) call.write(bytes);
  call.end();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('no status in time'));
    }, HANG_MS);
  });
  const drained = (async () => {
    while ((await call.next()) !== undefined);
  })().catch(() => undefined);
  try {
    const ended = await Promise.race([call.status, late]);
    await drained;
    return ended;
  } finally {
    clearTimeout(timer);
  }
}
