import { hash, randomBytes } from 'node:crypto';

/** 256 random bits in base64url, which need no slow hash and no pepper: nobody finds what a stored SHA-256 was made of. */
const PATTERN = /^[A-Za-z0-9_-]{43}$/;

export interface MintedSession {
  /** Given to the browser once, never stored. */
  readonly secret: string;
  readonly hash: Buffer;
}

export function mintSession(): MintedSession {
  const secret = randomBytes(32).toString('base64url');
  return { secret, hash: hash('sha256', secret, 'buffer') };
}

/** By what a session is found; undefined for what is no secret of one. */
export const hashOfSession = (secret: string): Buffer | undefined =>
  PATTERN.test(secret) ? hash('sha256', secret, 'buffer') : undefined;
