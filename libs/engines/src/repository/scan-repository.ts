import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ServingError, toServingError } from '@medserve/errors';
import { scanTriton } from '../triton/scan-triton';
import { loadPackage } from './load-package';
import { MANIFEST } from '../packages/medserve-layout';
import type { PackageRef } from '../packages/package-ref';
import { isModelName, type Repository } from '../packages/repository';

const foldersIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();

async function readEach(name: string, refs: ReadonlyMap<string, PackageRef>): Promise<Repository> {
  const packages = [];
  const broken = [];
  for (const [version, ref] of refs) {
    try {
      packages.push(await loadPackage(ref));
    } catch (error) {
      broken.push({ name, version, reason: toServingError(error).message });
    }
  }
  return { packages, broken };
}

/** A folder that cannot be read has none; what is wrong with it is said when its model is looked for. */
const hasManifest = (folder: string): Promise<boolean> =>
  readdir(folder).then(
    (names) => names.includes(MANIFEST),
    () => false,
  );

/**
 * The folders of versions in our own layout; empty: the model lies in Triton's.
 *
 * @throws ServingError `model_not_found` when the repository has no such folder
 */
export async function ownVersions(repository: string, name: string): Promise<readonly string[]> {
  if (!isModelName(name)) throw new ServingError('model_not_found', 'There is no model of this name.');
  const folder = join(repository, name);
  const versions = await foldersIn(folder).catch((error: unknown) => {
    throw new ServingError('model_not_found', 'There is no model of this name in the repository.', { cause: error });
  });
  const own = [];
  for (const version of versions) if (await hasManifest(join(folder, version))) own.push(version);
  return own;
}

/** Names of the folders that may be models. @throws when `folder` itself cannot be read */
export const modelNames = async (folder: string): Promise<readonly string[]> =>
  (await foldersIn(folder)).filter(isModelName);

/**
 * Reads the versions of one model that are to be served, anew, in whatever layout it lies.
 *
 * @param configJson a configuration in place of the one in the repository, from a load request
 * @throws ServingError `model_not_found` when the repository has no such folder; `invalid_request` for `configJson`
 */
export async function scanModel(repository: string, name: string, configJson?: string): Promise<Repository> {
  const folder = join(repository, name);
  const own = await ownVersions(repository, name);
  if (own.length === 0) return scanTriton(folder, name, configJson);
  if (configJson !== undefined) {
    throw new ServingError('invalid_request', `The configuration of this model is its ${MANIFEST}; none can be sent.`, {
      field: 'parameters.config',
    });
  }
  return readEach(
    name,
    new Map(own.map((version) => [version, { layout: 'medserve', folder: join(folder, version) }])),
  );
}

/**
 * Every model below `folder`, in either layout. One that is broken does not keep the others.
 *
 * @throws when `folder` itself cannot be read
 */
export async function scanRepository(folder: string): Promise<Repository> {
  const packages = [];
  const broken = [];
  for (const name of await modelNames(folder)) {
    const found = await scanModel(folder, name).catch((error: unknown) => ({
      packages: [],
      broken: [{ name, version: '', reason: toServingError(error).message }],
    }));
    packages.push(...found.packages);
    broken.push(...found.broken);
  }
  return { packages, broken };
}
