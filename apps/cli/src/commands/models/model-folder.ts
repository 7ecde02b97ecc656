import { dirname, join, resolve } from 'node:path';
import {
  readTrustFile,
  scanModel,
  sealFolder,
  signedRootAt,
  type ModelPackage,
  type SealedFolder,
  type SignedRoot,
  type TrustPolicy,
} from '@medserve/engines';
import { ServingError } from '@medserve/errors';
import { Option } from 'commander';

/** A model's folder as a command was given it. */
export interface GivenModel {
  readonly root: SignedRoot;
  readonly sealed: SealedFolder;
}

export async function readGiven(folder: string): Promise<GivenModel> {
  const root = await signedRootAt(folder);
  return { root, sealed: await sealFolder(root.folder) };
}

/** The versions that one signature covers, as they would be served. @throws Error for one that could not be */
export async function packagesAt({ folder, version, claim }: SignedRoot): Promise<readonly ModelPackage[]> {
  const model = version === undefined ? resolve(folder) : dirname(resolve(folder));
  const { packages, broken } = await scanModel(dirname(model), claim.name);
  const isCovered = (one: string): boolean => version === undefined || one === version;
  const bad = broken.find((one) => isCovered(one.version));
  if (bad) throw new Error(`${claim.name}:${bad.version} could not be served: ${bad.reason}`);
  return packages.filter(({ manifest }) => isCovered(manifest.version));
}

export const trustOption = (): Option =>
  new Option('--trust <file>', 'the trust file: who may upload and approve').env('MEDSERVE_MODEL_TRUST');

export async function readTrust(path: string | undefined): Promise<TrustPolicy> {
  if (path === undefined) throw new Error('name the trust file with --trust or in MEDSERVE_MODEL_TRUST');
  return readTrustFile(path);
}

/** What is wrong with the model, without the remedy that is for callers of the platform. */
export const asPlain = (error: unknown): unknown =>
  error instanceof ServingError ? new Error(error.message, { cause: error }) : error;

export const fileIn = ({ folder }: SignedRoot, name: string): string => join(folder, name);
