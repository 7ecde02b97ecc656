import { join, resolve } from 'node:path';
import { readTrustFile, type TrustMode } from '@medserve/engines';

export interface ModelTrust {
  /** For the process that serves models. */
  readonly environment: Readonly<Record<string, string>>;
  /** What whoever starts the platform has to know. */
  readonly words: string;
}

const WORDS: Record<TrustMode, string> = {
  require: 'Models are served when they are signed and approved',
  signed: 'Models are served when they are signed',
  open: 'Models need no signature, except where a rule says so',
};

/**
 * Which models are served: as the trust file says, and without one all of them. With one, the copies that the pod keeps of what it
 * serves lie in the home, so that they outlast a restart.
 *
 * @throws Error saying what is wrong with the trust file
 */
export async function modelTrust(
  root: string,
  { MEDSERVE_MODEL_TRUST: file = '', MEDSERVE_MODEL_CACHE: cache = '' }: NodeJS.ProcessEnv = process.env,
): Promise<ModelTrust> {
  if (file === '') {
    return { environment: {}, words: 'Models need no signature: there is no trust file (MEDSERVE_MODEL_TRUST).' };
  }
  const path = resolve(file);
  const { mode } = await readTrustFile(path);
  return {
    environment: {
      MEDSERVE_MODEL_TRUST: path,
      MEDSERVE_MODEL_CACHE: cache === '' ? join(root, 'models-cache') : resolve(cache),
    },
    words: `${WORDS[mode]} (${path}).`,
  };
}
