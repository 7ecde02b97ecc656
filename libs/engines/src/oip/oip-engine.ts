import { z } from 'zod';
import { broken } from '../broken';
import type { Engine, LoadSpec, Session, Signature, TensorSpec } from '../engine';
import { poolInManifest, signatureOfPool } from '../pools/pool-signature';
import { Replicas, type HealthCheck } from '../pools/replicas';
import { checkMetadata, metadataSchema } from './model-metadata';
import { OipSession } from './oip-session';

const MAX_METADATA_BYTES = 4 * 2 ** 20;
const BINARY = 'binary_tensor_data';

const serverSchema = z.looseObject({ extensions: z.array(z.string()).max(256).catch([]) });

/** Triton says 400 where others say 503. */
const isHealthy: HealthCheck = async (get) => {
  const status = await get('/v2/health/ready');
  if (status === 200) return 'serving';
  return status === 400 || status === 503 ? 'draining' : 'gone';
};

const wholeShapes = (side: Signature['inputs']): readonly TensorSpec[] =>
  side.map(({ name, datatype, shape = [] }) => ({ name, datatype, shape }));

async function fetchJson(replicas: Replicas, path: string, signal: AbortSignal): Promise<unknown> {
  const found = await replicas.get(path, MAX_METADATA_BYTES, signal);
  if (found?.status === 404) throw broken('The servers of the pool do not have the model that the package names.');
  if (found?.status !== 200) return undefined;
  try {
    return JSON.parse(found.body.toString('utf8'));
  } catch {
    return undefined;
  }
}

async function open({ folder, modelFile, pool }: LoadSpec, replicas: Replicas, signal: AbortSignal): Promise<Session> {
  const signature = signatureOfPool(await poolInManifest(folder, modelFile));
  const model = {
    name: pool?.model ?? '',
    inputs: wholeShapes(signature.inputs),
    outputs: wholeShapes(signature.outputs),
  };
  if (model.inputs.length === 0 || model.outputs.length === 0) {
    throw broken('pool.inputs and pool.outputs have to say what the model takes and gives.');
  }
  await replicas.lookAround();
  const metadata = metadataSchema.safeParse(
    await fetchJson(replicas, `/v2/models/${encodeURIComponent(model.name)}`, signal),
  );
  if (metadata.success) checkMetadata(model, metadata.data);
  const server = serverSchema.safeParse(await fetchJson(replicas, '/v2', signal));
  // Half floats have no form in JSON: they go as they can, whatever the server says of itself.
  const needsBinary = [...model.inputs, ...model.outputs].some(({ datatype }) => datatype === 'FP16');
  const isBinary = needsBinary || server.data?.extensions.some((name) => name.startsWith(BINARY)) === true;
  return new OipSession({ ...model, isBinary }, replicas);
}

/** Servers that speak the Open Inference Protocol v2 over HTTP: Triton, KServe and others, which the package's pool names. */
export const oipEngine: Engine = {
  id: 'oip',
  title: 'Open Inference Protocol v2',
  prepare: () => Promise.resolve(),
  inspect: async (root, modelFile) => signatureOfPool(await poolInManifest(root, modelFile)),
  load: async (spec, signal) => {
    signal.throwIfAborted();
    if (!spec.pool)
      throw broken('A package of the engine "oip" has to name a pool: pool: { name, model, inputs, outputs }.');
    const replicas = new Replicas(spec.pool, isHealthy);
    try {
      return await open(spec, replicas, signal);
    } catch (error) {
      replicas.close();
      throw error;
    }
  },
};
