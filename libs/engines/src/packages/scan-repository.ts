import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { toServingError } from '@medserve/errors';
import { loadPackage, type ModelPackage } from './load-package';

export interface BrokenPackage {
  readonly name: string;
  readonly version: string;
  /** In words, without paths of this machine. */
  readonly reason: string;
}

export interface Repository {
  readonly packages: readonly ModelPackage[];
  readonly broken: readonly BrokenPackage[];
}

const foldersIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();

/**
 * Every package below `folder`, which lie as `<name>/<version>/model.yaml`. One that is broken does not keep the others.
 *
 * @throws when `folder` itself cannot be read.
 */
export async function scanRepository(folder: string): Promise<Repository> {
  const packages: ModelPackage[] = [];
  const broken: BrokenPackage[] = [];
  for (const name of await foldersIn(folder)) {
    for (const version of await foldersIn(join(folder, name))) {
      try {
        packages.push(await loadPackage(join(folder, name, version)));
      } catch (error) {
        broken.push({ name, version, reason: toServingError(error).message });
      }
    }
  }
  return { packages, broken };
}
