import { mintSignInCode, SIGN_IN_CODE_MS } from '@medserve/security';
import type { Storage, StoredSignInCode } from '@medserve/storage';

/** For how many minutes an address signs in. */
export const ADDRESS_MINUTES = SIGN_IN_CODE_MS / 60_000;

/**
 * An address of the page that signs the one browser in which opens it first. Its code stays behind the `#`, which is sent to nobody, and
 * is worth nothing afterwards: the key itself would stay in the history of the browser.
 *
 * @param console where the page is
 * @param as the key that the browser is signed in as
 */
export async function consoleAddress(
  { signInCodes }: Pick<Storage, 'signInCodes'>,
  console: string,
  as: StoredSignInCode,
): Promise<string> {
  const { code, hash } = mintSignInCode();
  await signInCodes.insert(hash, as, SIGN_IN_CODE_MS);
  return `${console}#code=${code}`;
}
