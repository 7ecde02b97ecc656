import { readFile } from 'node:fs/promises';
import { ServingError, toServingError } from '@medserve/errors';
import { loadFleet } from '@medserve/fleet';
import { readCatalogue, type CatalogueEntry } from '@medserve/rpc';
import type { DescribedPool } from './settings';

/**
 * Reads the file that describes the fleet, and the catalogues that it names.
 *
 * @throws ServingError `invalid_request` that names every mistake of all of them
 */
export async function readFleetFile(path: string): Promise<readonly DescribedPool[]> {
  const descriptions = await loadFleet(path).catch((cause: unknown) => {
    if (cause instanceof ServingError) throw cause;
    throw new ServingError('invalid_request', 'The description of the fleet cannot be read.', {
      field: 'MEDSERVE_FLEET_FILE',
      cause,
    });
  });
  const mistakes: string[] = [];
  const pools: DescribedPool[] = [];
  for (const description of descriptions) {
    const { name, catalogue } = description;
    const known = catalogue === undefined ? undefined : await knownOf(catalogue, name, mistakes);
    pools.push({ description, catalogue: known });
  }
  if (mistakes.length > 0)
    throw new ServingError('invalid_request', mistakes.join('\n'), { field: 'MEDSERVE_FLEET_FILE' });
  return pools;
}

async function knownOf(path: string, pool: string, mistakes: string[]): Promise<readonly CatalogueEntry[] | undefined> {
  try {
    return readCatalogue(await readFile(path, 'utf8'));
  } catch (error) {
    const why = error instanceof ServingError ? toServingError(error).message : 'The file cannot be read.';
    mistakes.push(`The catalogue of the pool ${pool}: ${why}`);
    return undefined;
  }
}
