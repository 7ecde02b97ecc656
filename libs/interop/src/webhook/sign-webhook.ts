import { createHmac, timingSafeEqual } from 'node:crypto';

/** The three headers of Standard Webhooks 1.0 (https://www.standardwebhooks.com). */
export interface WebhookHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

export interface WebhookToSign {
  /** The same for every try of one delivery: by it the receiver sees a repetition. */
  readonly id: string;
  /** Of this try. */
  readonly at: Date;
  /** The very bytes that are sent. */
  readonly body: string;
  /** `whsec_` and 24 to 64 bytes in Base64. Several while one replaces another: each signs. */
  readonly secrets: readonly [string, ...string[]];
}

/** How far the clock of whoever sends may be from ours. */
const TOLERANCE_S = 300;
const PREFIX = 'whsec_';

/** @throws RangeError for a secret that is none */
export function signWebhook({ id, at, body, secrets }: WebhookToSign): WebhookHeaders {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signatures = secrets.map((secret) => `v1,${macOf(secret, id, timestamp, body).toString('base64')}`);
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

/**
 * Whether a webhook was signed by the secret, lately: for receivers, and to test ours.
 *
 * @param headers by their names in lower case, as `node:http` gives them
 * @throws RangeError for a secret that is none
 */
export function verifyWebhook(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: string,
  secret: string,
  now: Date,
): boolean {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers[name],
  );
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return false;
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now.getTime() / 1_000 - Number(timestamp)) > TOLERANCE_S) return false;
  const expected = macOf(secret, id, timestamp, body);
  return signatures.split(' ').some((signature) => {
    const [version, mac] = signature.split(',');
    const given = Buffer.from(mac ?? '', 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

const macOf = (secret: string, id: string, timestamp: string, body: string): Buffer =>
  createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest();

/** The bytes of a secret. @throws RangeError where it is not `whsec_` and 24 to 64 bytes in Base64 */
function keyOf(secret: string): Buffer {
  const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  const key = /^[A-Za-z0-9+/]+={0,2}$/.test(encoded) ? Buffer.from(encoded, 'base64') : Buffer.alloc(0);
  if (key.length < 24 || key.length > 64)
    throw new RangeError('A webhook secret is whsec_ and 24 to 64 bytes in Base64.');
  return key;
}
