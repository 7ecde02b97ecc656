import { hash, randomBytes } from 'node:crypto';

/*
 * A code signs one browser in, once. It stands in an address, behind the `#`, where a key would stay in the browser's history: there a
 * used code is worth nothing. As with sessions, 256 random bits need no slow hash and no pepper.
 */
const PATTERN = /^msc_[A-Za-z0-9_-]{43}$/;

/** How long a code waits for its browser. */
export const SIGN_IN_CODE_MS = 600_000;

export interface MintedSignInCode {
  /** Shown once, never stored. */
  readonly code: string;
  readonly hash: Buffer;
}

export function mintSignInCode(): MintedSignInCode {
  const code = `msc_${randomBytes(32).toString('base64url')}`;
  return { code, hash: hash('sha256', code, 'buffer') };
}

/** By what a code is found; undefined for what is none. */
export const hashOfSignInCode = (code: string): Buffer | undefined =>
  PATTERN.test(code) ? hash('sha256', code, 'buffer') : undefined;
