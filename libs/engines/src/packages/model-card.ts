import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelPackage } from './model-package';
import { stampFile } from '../package-files';

/** What a package says of itself at length, for people. */
export interface ModelCard {
  /** Markdown, `CARD_BYTES` at most in UTF-8; empty: the package has none. */
  readonly text: string;
  /** Whether the file goes on. */
  readonly isTruncated: boolean;
}

export const CARD_BYTES = 256 * 1024;

/** Of our own layout, and what many packages from elsewhere have; the first that is there. */
const CARD_FILES = ['card.md', 'README.md'] as const;

const NONE: ModelCard = { text: '', isTruncated: false };

/**
 * The card of a package. Only a plain file of the package itself is read, as of every other of its files; of a longer one the
 * beginning, to the end of a line. Bytes that are no UTF-8 show as U+FFFD.
 */
export async function readModelCard({ folder }: Pick<ModelPackage, 'folder'>): Promise<ModelCard> {
  for (const path of CARD_FILES) {
    const isThere = await stampFile(folder, path).then(
      () => true,
      () => false,
    );
    if (isThere) return readBeginning(join(folder, path)).catch(() => NONE);
  }
  return NONE;
}

async function readBeginning(path: string): Promise<ModelCard> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(CARD_BYTES + 1), 0, CARD_BYTES + 1, 0);
    const isTruncated = bytesRead > CARD_BYTES;
    const whole = isTruncated ? endOfLine(buffer) : bytesRead;
    return { text: buffer.toString('utf8', 0, whole), isTruncated };
  } finally {
    await file.close();
  }
}

/** Where the last line ends that has room; of a line as long as half a card, where a character does. */
function endOfLine(buffer: Buffer): number {
  const newline = buffer.lastIndexOf(0x0a, CARD_BYTES - 1);
  if (newline >= CARD_BYTES / 2) return newline + 1;
  let end = CARD_BYTES;
  while (end > 0 && ((buffer[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end;
}
