import type { JSONWebKeySet } from 'jose';
import { readJwks } from './read-jwks';

const TIMEOUT_MS = 3_000;
const LARGEST_BYTES = 256 * 1024;
const JSON_TYPE = /^application\/(?:json|jwk-set\+json)\s*(?:;|$)/i;

/**
 * Gets a key set from where an operator said that it is. Whatever else comes, too large, too slow, from elsewhere or of another
 * kind, is no key set.
 *
 * @throws Error
 */
export async function fetchJwks(url: URL): Promise<JSONWebKeySet> {
  const response = await fetch(url, {
    headers: { accept: 'application/jwk-set+json, application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  try {
    if (response.status !== 200) throw new Error(`the answer has the status ${String(response.status)}`);
    if (!JSON_TYPE.test(response.headers.get('content-type') ?? '')) throw new Error('the answer is not JSON');
    return readJwks(JSON.parse((await limited(response)).toString('utf8')));
  } finally {
    await response.body?.cancel().catch(() => undefined);
  }
}

async function limited(response: Response): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength;
    if (bytes > LARGEST_BYTES) throw new Error(`the answer has more than ${String(LARGEST_BYTES)} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
