import { z } from 'zod';
import { broken } from '../broken';
import type { Engine } from '../engine';
import type { Generator, GeneratorSpec } from '../generation/generator';
import { poolInManifest, signatureOfPool } from '../pools/pool-signature';
import { Replicas, type HealthCheck } from '../pools/replicas';
import { OpenAiGenerator } from './openai-generator';

const MAX_LIST_BYTES = 4 * 2 ** 20;

const modelsSchema = z.object({ data: z.array(z.looseObject({ id: z.string() })).max(10_000) });

/** vLLM, SGLang and llama-server have `/health`; of a server without it, that it lists models says that it is there. */
const isHealthy: HealthCheck = async (get) => {
  const status = await get('/health');
  if (status === 200) return 'serving';
  if (status === 503) return 'draining';
  if (status !== 404 && status !== 405 && status !== 501) return 'gone';
  const listed = await get('/v1/models');
  if (listed === 503) return 'draining';
  return listed < 500 ? 'serving' : 'gone';
};

/**
 * Refuses a package that names what its pool does not have, sooner than every request. That no server answers, or none lists its
 * models, is no mistake of the package: requests are told.
 */
async function checkServed(replicas: Replicas, { pool }: GeneratorSpec, signal: AbortSignal): Promise<void> {
  const found = await replicas.get('/v1/models', MAX_LIST_BYTES, signal);
  if (!pool || found?.status !== 200) return;
  let listed: unknown;
  try {
    listed = JSON.parse(found.body.toString('utf8'));
  } catch {
    return;
  }
  const { data } = modelsSchema.safeParse(listed);
  if (!data) return;
  const ids = new Set(data.data.map(({ id }) => id));
  const missing = [pool.model, ...pool.adapters.values()].find((model) => !ids.has(model));
  if (missing !== undefined) {
    throw broken(`The servers of the pool do not list the model "${missing}" that the package names.`);
  }
}

async function openGenerator(spec: GeneratorSpec, signal: AbortSignal): Promise<Generator> {
  const { pool } = spec;
  if (!pool) throw broken('A package of the engine "openai" has to name a pool: pool: { name, model }.');
  const replicas = new Replicas(pool, isHealthy);
  try {
    await replicas.lookAround();
    await checkServed(replicas, spec, signal);
    signal.throwIfAborted();
  } catch (error) {
    replicas.close();
    throw error;
  }
  return new OpenAiGenerator({ ...spec, pool }, replicas);
}

/** Servers that speak the OpenAI API: vLLM, SGLang, llama.cpp and others, which the package's pool names. */
export const openaiEngine: Engine = {
  id: 'openai',
  title: 'OpenAI API v1',
  prepare: () => Promise.resolve(),
  inspect: async (root, modelFile) => signatureOfPool(await poolInManifest(root, modelFile)),
  load: () => Promise.reject(broken('A model of the engine "openai" writes: its package has to have "generation".')),
  openGenerator,
};
