import { broken } from '../broken';
import type { PoolEndpoints } from '../generation/pool-endpoints';
import type { Manifest } from '../manifest/manifest';

/** Servers that run models for us, as a deployment's pools file describes them. */
export type Pool = Omit<PoolEndpoints, 'model' | 'adapters'>;

type NamedPool = NonNullable<Manifest['pool']>;

/**
 * Where the servers of a package's pool are, and what the package's model and adapters are called there.
 *
 * @throws ServingError `model_broken` saying what has to be written where, when the deployment has no such pool
 */
export function poolOf({ name, model, adapters }: NamedPool, pools: ReadonlyMap<string, Pool>): PoolEndpoints {
  const pool = pools.get(name);
  if (!pool) {
    throw broken(
      `The package names the pool "${name}", which this deployment does not have: add ` +
        `"pools: { ${name}: { replicas: [http://HOST:PORT] } }" to the file that MEDSERVE_POOLS_FILE names.`,
    );
  }
  return { ...pool, model, adapters: new Map(adapters.map((adapter) => [adapter.name, adapter.model])) };
}
