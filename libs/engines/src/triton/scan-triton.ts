import { readdir } from 'node:fs/promises';
import { toServingError } from '@medserve/errors';
import { packageRoot } from '../package-files';
import type { BrokenPackage, Repository } from '../packages/repository';
import type { ModelPackage } from '../packages/model-package';
import { readConfig } from './read-config';
import { loadTritonPackage } from './triton-layout';
import { servedVersions } from './version-policy';

async function versionsIn(folder: string, name: string, configJson: string | undefined): Promise<readonly string[]> {
  const root = await packageRoot(folder);
  const { config } = await readConfig(root, name, configJson);
  const folders = (await readdir(root, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return servedVersions(
    folders.map((entry) => entry.name),
    config.version_policy,
  );
}

/**
 * Reads the versions of a model in Triton's layout that its policy serves.
 *
 * @param folder the model's; for a model that was sent along with a load request it may be any
 * @throws ServingError `invalid_request` when `configJson` is no configuration; every other failure is in the answer
 */
export async function scanTriton(folder: string, name: string, configJson?: string): Promise<Repository> {
  let versions: readonly string[];
  try {
    versions = await versionsIn(folder, name, configJson);
  } catch (error) {
    const failure = toServingError(error);
    if (failure.reason === 'invalid_request') throw failure;
    return { packages: [], broken: [{ name, version: '', reason: failure.message }] };
  }
  if (versions.length === 0) {
    return { packages: [], broken: [{ name, version: '', reason: 'The model has no version that is to be served.' }] };
  }
  const packages: ModelPackage[] = [];
  const broken: BrokenPackage[] = [];
  for (const version of versions) {
    try {
      packages.push(await loadTritonPackage({ layout: 'triton', folder, name, version, configJson }));
    } catch (error) {
      broken.push({ name, version, reason: toServingError(error).message });
    }
  }
  return { packages, broken };
}
