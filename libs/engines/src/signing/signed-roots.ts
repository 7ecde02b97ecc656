import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { MANIFEST } from '../packages/medserve-layout';
import { ownVersions } from '../repository/scan-repository';
import type { Claim } from './judge-model';
import { untrusted } from './untrusted';

/** A folder that one signature covers. */
export interface SignedRoot {
  /** Absolute, or relative as the repository was given. */
  readonly folder: string;
  /** Where it lies in a repository: `<name>/<version>` in our own layout, `<name>` in Triton's. */
  readonly place: string;
  /** Absent in Triton's layout, where one signature covers all versions. */
  readonly version: string | undefined;
  readonly claim: Claim;
}

/**
 * The signed folders of a model. In our own layout each version is one: it says itself which model it is. In Triton's it is the
 * model's folder, as configuration and labels lie beside the versions; there the name of the folder is all that says which model
 * it is, so the signature has to have it.
 *
 * @throws ServingError `model_not_found` when the repository has no such folder
 */
export async function signedRoots(repository: string, name: string): Promise<readonly SignedRoot[]> {
  const versions = await ownVersions(repository, name);
  if (versions.length === 0) {
    return [{ folder: join(repository, name), place: name, version: undefined, claim: { name, subject: name } }];
  }
  return versions.map((version) => ({
    folder: join(repository, name, version),
    place: `${name}/${version}`,
    version,
    claim: { name },
  }));
}

/**
 * The signed folder that this one is.
 *
 * @throws ServingError `model_untrusted` for a folder that no signature covers as a whole
 */
export async function signedRootAt(folder: string): Promise<SignedRoot> {
  const whole = resolve(folder);
  const names = await readdir(whole).catch((error: unknown) => {
    throw untrusted('There is no such folder.', error);
  });
  const isVersion = names.includes(MANIFEST);
  const model = isVersion ? dirname(whole) : whole;
  const roots = await signedRoots(dirname(model), basename(model));
  const root = roots.find((one) => resolve(one.folder) === whole);
  if (root) return root;
  const versions = roots.map(({ version }) => version).join(', ');
  throw untrusted(`Each version of this model is signed by itself: name the folder of one (${versions}).`);
}
