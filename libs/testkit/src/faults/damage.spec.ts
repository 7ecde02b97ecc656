import { seededRandom } from '@medserve/runtime/failpoints';
import { damage } from './damage';

const piece = Buffer.from('0123456789');
const harm = (faults: Parameters<typeof damage>[2], carried = 0, seed = 1) =>
  damage(piece, carried, faults, seededRandom(seed));
const bitsApart = (a: Buffer, b: Buffer): number[] =>
  Array.from(a, (byte, at) => (byte ^ (b[at] ?? 0)).toString(2).replaceAll('0', '').length);

describe('damage', () => {
  it('is none where there is no fault', () => {
    expect(harm({})).toEqual({ bytes: piece, then: 'carry' });
  });

  it.each([
    ['resetAfterBytes', 'reset'],
    ['truncateAfterBytes', 'truncate'],
  ] as const)('cuts at the byte that %s says, wherever the pieces begin', (fault, then) => {
    expect(harm({ [fault]: 4 })).toEqual({ bytes: Buffer.from('0123'), then });
    expect(harm({ [fault]: 24 }, 20)).toEqual({ bytes: Buffer.from('0123'), then });
    expect(harm({ [fault]: 10 })).toEqual({ bytes: piece, then });
    expect(harm({ [fault]: 11 })).toEqual({ bytes: piece, then: 'carry' });
    expect(harm({ [fault]: 5 }, 20)).toEqual({ bytes: Buffer.alloc(0), then });
  });

  it('turns over one bit of the byte that was named, and leaves what it was given alone', () => {
    const { bytes } = harm({ flipBitAt: 23 }, 20);
    expect(bitsApart(bytes, piece)).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    expect(piece.toString()).toBe('0123456789');
    expect(harm({ flipBitAt: 3 }, 20).bytes).toEqual(piece);
  });

  it('turns over bits by chance as the seed says', () => {
    const { bytes } = harm({ flipChance: 0.5 });
    expect(bitsApart(bytes, piece).reduce((sum, bits) => sum + bits)).toBeGreaterThan(0);
    expect(harm({ flipChance: 0.5 }).bytes).toEqual(bytes);
    expect(harm({ flipChance: 0.5 }, 0, 2).bytes).not.toEqual(bytes);
  });
});
