import { join, resolve } from 'node:path';
import type { InferencePodSettings } from '../../settings';
import { Admission } from './admission';
import { LocalCopies } from './local-copies';
import { ServedList } from './served-list';
import { TrustSource } from './trust-source';

const MAX_COPIES_BYTES = 64 * 2 ** 30;

/**
 * How models get from repositories into this pod; `undefined`: they are served from where they lie. With a trust file they are
 * always copied: what is signed is what was looked at, and only a copy stays that.
 *
 * @param scratch a folder that ends with the pod
 * @throws TrustFileError
 */
export async function openAdmission(settings: InferencePodSettings, scratch: string): Promise<Admission | undefined> {
  const {
    trustFile,
    copiesFolder,
    maxCopiesBytes = MAX_COPIES_BYTES,
    logger,
    onAdmission = () => undefined,
  } = settings;
  if (trustFile === undefined) logger.warn('models need no signature: there is no trust file');
  if (trustFile === undefined && copiesFolder === undefined) return undefined;
  const folder = resolve(copiesFolder ?? scratch);
  return new Admission({
    trust: await TrustSource.open(trustFile, logger),
    copies: await LocalCopies.open(folder, maxCopiesBytes),
    served: await ServedList.open(join(folder, 'served.json')),
    logger,
    onEvent: onAdmission,
  });
}
