import type { Faults } from './faults';

export type Verdict = 'carry' | 'reset' | 'truncate';

export interface Damaged {
  /** What is left to carry. */
  readonly bytes: Buffer;
  /** What becomes of the connection behind it. */
  readonly then: Verdict;
}

const flipped = (byte: number, random: () => number): number => byte ^ (1 << Math.floor(random() * 8));

/**
 * One piece of a direction after its faults.
 *
 * @param carried bytes of this connection and direction before the piece
 */
export function damage(piece: Buffer, carried: number, faults: Faults, random: () => number): Damaged {
  const cutAt = Math.min(faults.resetAfterBytes ?? Infinity, faults.truncateAfterBytes ?? Infinity);
  const isCut = carried + piece.length >= cutAt;
  // A copy: the socket may use its buffer again.
  const bytes = Buffer.from(isCut ? piece.subarray(0, Math.max(0, cutAt - carried)) : piece);
  const { flipBitAt, flipChance = 0 } = faults;
  const place = (flipBitAt ?? -1) - carried;
  const struck = bytes[place];
  if (struck !== undefined) bytes[place] = flipped(struck, random);
  if (flipChance > 0) {
    bytes.forEach((byte, at) => {
      if (random() < flipChance) bytes[at] = flipped(byte, random);
    });
  }
  if (!isCut) return { bytes, then: 'carry' };
  return { bytes, then: cutAt === faults.resetAfterBytes ? 'reset' : 'truncate' };
}
