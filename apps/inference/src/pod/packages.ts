import { scanRepository, type ModelPackage } from '@medserve/engines';
import { toServingError } from '@medserve/errors';
import type { CatalogueEntry } from '@medserve/rpc';
import type { Logger } from '@medserve/runtime';
import { compileModel } from '../model/compile-model';

export interface FoundPackage {
  /** Absent: broken. */
  readonly modelPackage: ModelPackage | undefined;
  readonly entry: CatalogueEntry;
}

export const keyOf = ({ name, version }: { name: string; version: string }): string => `${name}:${version}`;

const NOTHING_KNOWN = {
  title: '',
  digest: '',
  engine: '',
  serves: [],
  intendedUse: '',
  notFor: '',
  licence: '',
  inputs: [],
  outputs: [],
  configJson: '',
  maxBatchSize: 0,
  labels: [],
  instances: 1,
  residentBytes: 0,
  expectedLoadMs: 0,
};

function describe(modelPackage: ModelPackage): CatalogueEntry {
  const { manifest, serving, digest } = modelPackage;
  const { name, version, title, engine, serves, intendedUse, notFor, licence } = manifest;
  return {
    name,
    version,
    title,
    engine,
    serves,
    intendedUse,
    notFor,
    licence,
    digest,
    state: 'cold',
    reason: '',
    inputs: serving.inputs,
    outputs: serving.outputs,
    configJson: serving.configJson,
    maxBatchSize: serving.maxBatchSize,
    labels: Object.entries(serving.labels).map(([output, labels]) => ({ output, labels })),
    instances: serving.instances,
    residentBytes: 0,
    expectedLoadMs: 0,
  };
}

function check(modelPackage: ModelPackage): FoundPackage {
  const entry = describe(modelPackage);
  try {
    compileModel(modelPackage);
    return { modelPackage, entry };
  } catch (error) {
    return { modelPackage: undefined, entry: { ...entry, state: 'broken', reason: toServingError(error).message } };
  }
}

/** Every package of the repositories, the broken ones with their reason; a repository that cannot be read is left out. */
export async function findPackages(
  repositories: readonly string[],
  logger: Logger,
): Promise<ReadonlyMap<string, FoundPackage>> {
  const found = new Map<string, FoundPackage>();
  const add = (item: FoundPackage): void => {
    const { name, version } = item.entry;
    const key = keyOf(item.entry);
    if (found.has(key))
      logger.warn('a model package is hidden by one of an earlier repository', { model: name, modelVersion: version });
    else found.set(key, item);
    if (item.entry.state === 'broken') {
      logger.warn('a model package is broken', { model: name, modelVersion: version, reason: item.entry.reason });
    }
  };
  for (const folder of repositories) {
    try {
      const { packages, broken } = await scanRepository(folder);
      for (const modelPackage of packages) add(check(modelPackage));
      for (const { name, version, reason } of broken) {
        add({ modelPackage: undefined, entry: { ...NOTHING_KNOWN, name, version, state: 'broken', reason } });
      }
    } catch (error) {
      logger.warn('a model repository cannot be read', { path: folder, error });
    }
  }
  return found;
}
