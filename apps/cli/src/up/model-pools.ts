import { resolve } from 'node:path';
import { loadPools } from '@medserve/engines';

/**
 * For the process that serves models: where the servers are that run some of them. What the file says is checked here, so that a
 * mistake is seen at the start and not by the first caller.
 *
 * @param file as the command names it; absent: as the environment does, which may name none
 * @throws PoolsFileError
 */
export async function modelPools(
  file: string | undefined,
  { MEDSERVE_POOLS_FILE: usual = '' }: NodeJS.ProcessEnv = process.env,
): Promise<Readonly<Record<string, string>>> {
  const named = file ?? usual;
  if (named === '') return {};
  const path = resolve(named);
  await loadPools(path);
  return { MEDSERVE_POOLS_FILE: path };
}
