import { createHash } from 'node:crypto';

export const HASH_BYTES = 32;

/** Root of a log without entries: SHA-256 of nothing (RFC 6962, 2.1). */
export const EMPTY_ROOT: Buffer = createHash('sha256').digest();

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/** SHA-256(0x00 || entry): RFC 6962, 2.1. */
export function leafHash(entry: Uint8Array): Buffer {
  return createHash('sha256').update(LEAF).update(entry).digest();
}

/** SHA-256(0x01 || left || right): RFC 6962, 2.1. The prefix keeps a node from ever being read as an entry. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256').update(NODE).update(left).update(right).digest();
}

/** Root over hashes of subtrees of equal height; their number is a power of two. */
export function perfectRoot(hashes: readonly Buffer[]): Buffer {
  let row = hashes;
  while (row.length > 1) {
    const above: Buffer[] = [];
    for (let at = 0; at + 1 < row.length; at += 2) above.push(nodeHash(row[at] as Buffer, row[at + 1] as Buffer));
    row = above;
  }
  return row[0] ?? EMPTY_ROOT;
}
