import { joined, type Bytes } from './bytes';
import { HinderedError } from './proof-error';

export const HASH_BYTES = 32;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** @throws HinderedError where the browser hands out no WebCrypto */
export function webCrypto(): SubtleCrypto {
  const subtle = globalThis.crypto.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) throw new HinderedError('no-webcrypto');
  return subtle;
}

export const sha256 = async (bytes: Bytes): Promise<Bytes> =>
  new Uint8Array(await webCrypto().digest('SHA-256', bytes));

/** SHA-256(0x00 || entry): RFC 6962, 2.1. */
export const leafHash = (entry: Uint8Array): Promise<Bytes> => sha256(joined([LEAF, entry]));

/** SHA-256(0x01 || left || right): RFC 6962, 2.1. */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Promise<Bytes> => sha256(joined([NODE, left, right]));

/** Root over the hashes of 2^n neighbouring subtrees of equal height; of none, that of a log without entries. */
export async function perfectRoot(hashes: readonly Bytes[]): Promise<Bytes> {
  let row = hashes;
  while (row.length > 1) {
    const below = row;
    row = await Promise.all(
      Array.from({ length: below.length / 2 }, (_, at) => nodeHash(below[2 * at] as Bytes, below[2 * at + 1] as Bytes)),
    );
  }
  return row[0] ?? sha256(new Uint8Array());
}
