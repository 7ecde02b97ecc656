import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { derivedKey } from '@medserve/security';
import { z } from 'zod';

/** A sign-in at an issuer that is under way (RFC 6749, 4.1; RFC 7636; OpenID Connect Core 1.0, 3.1). */
const flowSchema = z.strictObject({
  /** The id of the issuer's line. */
  provider: z.uuid(),
  state: z.string().min(16),
  nonce: z.string().min(16),
  /** Of PKCE. */
  verifier: z.string().min(43),
  returnTo: z.string(),
  /** Milliseconds since the epoch. */
  untilMs: z.number(),
});

export type Flow = z.output<typeof flowSchema>;

/** How long somebody may take at the issuer. */
export const FLOW_MS = 600_000;

const IV_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

/**
 * Keeps flows in the browser that began them, so that nothing is stored of who never comes back: sealed with AES-256-GCM under a key of
 * the gateways, which nobody else reads or makes.
 */
export class SealedFlows {
  private readonly key: Buffer;

  constructor(
    pepper: Buffer,
    private readonly now: () => number,
  ) {
    this.key = derivedKey(pepper, 'sign-in flow');
  }

  seal(flow: Omit<Flow, 'untilMs'>): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.key, iv);
    const sealed = cipher.update(JSON.stringify({ ...flow, untilMs: this.now() + FLOW_MS }), 'utf8');
    return Buffer.concat([iv, sealed, cipher.final(), cipher.getAuthTag()]).toString('base64url');
  }

  /** Undefined for what is too old, or was not sealed here. */
  open(text: string): Flow | undefined {
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined;
    try {
      const decipher = createDecipheriv(CIPHER, this.key, bytes.subarray(0, IV_BYTES));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      const opened = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
      const { data } = flowSchema.safeParse(JSON.parse(opened.toString('utf8')));
      return data !== undefined && data.untilMs > this.now() ? data : undefined;
    } catch {
      return undefined;
    }
  }
}
