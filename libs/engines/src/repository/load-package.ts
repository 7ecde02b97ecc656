import { broken } from '../broken';
import { loadTritonPackage } from '../triton/triton-layout';
import { loadMedservePackage } from '../packages/medserve-layout';
import type { KnownPackage, ModelPackage } from '../packages/model-package';
import { isUnchanged, stampFiles } from '../package-files';
import type { PackageRef } from '../packages/package-ref';

async function isAsItWas({ folder, stamps }: ModelPackage): Promise<boolean> {
  const paths = stamps.map(({ path }) => path);
  return stampFiles(folder, paths).then(
    (found) => isUnchanged(found, stamps),
    () => false,
  );
}

/**
 * Reads a model package and checks every byte of it that is used.
 *
 * With `known`, from an earlier reading of the same `ref`, files that have not been touched since are not hashed again, and a
 * package that is known whole is not read again at all: both would take the larger part of a cold start.
 *
 * @throws ServingError `model_broken` saying what is wrong with the package; `invalid_request` when it is the configuration
 *   that a load request sent.
 */
export async function loadPackage(ref: PackageRef, known?: KnownPackage): Promise<ModelPackage> {
  if (known && 'manifest' in known && (await isAsItWas(known))) return known;
  switch (ref.layout) {
    case 'medserve':
      return loadMedservePackage(ref, known);
    case 'triton':
      return loadTritonPackage(ref, known);
  }
}

/**
 * To be asked when the engine has loaded the package: what it loaded is what was hashed only if nobody wrote to a file in between.
 *
 * @throws ServingError `model_broken`
 */
export async function checkUntouched(modelPackage: ModelPackage): Promise<void> {
  if (!(await isAsItWas(modelPackage)))
    throw broken('A file of the package was changed while it was loaded; load it again.');
}
