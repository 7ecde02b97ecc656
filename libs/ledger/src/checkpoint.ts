import type { SizedRoot } from './check-proof';
import { HASH_BYTES } from './hashing';

/** What a checkpoint says (C2SP tlog-checkpoint): this log, at this size, has this root. */
export interface Checkpoint extends SizedRoot {
  readonly origin: string;
}

/** The text that is signed: three lines. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${String(size)}\n${root.toString('base64')}\n`;
}

/**
 * Reads the text of a checkpoint; the signature is `openNote`'s to check, before.
 * @throws SyntaxError
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', size = '', root = '', ...extensions] = text.split('\n');
  // The line feed that ends the last line; lines that a log adds are never empty (C2SP tlog-checkpoint, Note text).
  const isEnded = extensions.pop() === '' && !extensions.includes('');
  const isSize = /^(0|[1-9]\d{0,15})$/.test(size) && Number.isSafeInteger(Number(size));
  if (origin === '' || !isSize || !isEnded) throw new SyntaxError('The checkpoint is not well formed.');
  const hash = Buffer.from(root, 'base64');
  if (hash.length !== HASH_BYTES || hash.toString('base64') !== root) throw new SyntaxError('The root is not a hash.');
  return { origin, size: Number(size), root: hash };
}
