import { loadPools, poolOf, type Manifest, type PoolEndpoints } from '@medserve/engines';
import { ServingError } from '@medserve/errors';

/**
 * Where the servers of a package's pool are, by the deployment's pools file; without one it has no pools. Read for each model that is loaded: what is
 * changed there holds for the next.
 *
 * @throws ServingError `model_broken` when the deployment has no such pool, or its file is not right
 */
export async function poolEndpointsOf({ pool }: Manifest, poolsFile = ''): Promise<PoolEndpoints | undefined> {
  if (!pool) return undefined;
  const pools = poolsFile === '' ? new Map<string, never>() : await loadPools(poolsFile).catch(asBroken);
  return poolOf(pool, pools);
}

function asBroken(cause: unknown): never {
  throw new ServingError('model_broken', cause instanceof Error ? cause.message : 'The pools file cannot be read.', {
    cause,
  });
}
