import { KvRows } from './kv-rows';

const SHAPE = { layers: 2, heads: 3, headSize: 4 };
const PARTS = 4;

/** A number for each place of a new position, unlike all others. */
const values = (rows: number, count: number, seed: number) =>
  Float32Array.from({ length: PARTS * rows * 3 * count * 4 }, (_, index) => seed * 10_000 + index);

function filled(): KvRows {
  const kv = new KvRows(SHAPE, 3, 1_000);
  for (const row of [0, 1]) kv.setValid(row, 100);
  kv.append(0, 2, 100, values(2, 100, 1));
  return kv;
}

const ones = (kv: KvRows, row: number) =>
  kv.mask.subarray(row * kv.length, (row + 1) * kv.length).reduce((sum, each) => sum + each, 0n);

describe('rows of keys and values', () => {
  it('are read as they were written, whatever rows are beside them', () => {
    const kv = filled();
    const second = kv.read(1, 0, 100);
    const at = (part: number, head: number) => ((part * 2 + 1) * 3 + head) * 100 * 4;
    const whole = values(2, 100, 1);
    for (let part = 0; part < PARTS; part += 1) {
      for (let head = 0; head < 3; head += 1) {
        const begin = (part * 3 + head) * 400;
        expect(second.subarray(begin, begin + 400)).toEqual(whole.subarray(at(part, head), at(part, head) + 400));
      }
    }
  });

  it('keep what they hold when they grow and when they shrink', () => {
    const kv = filled();
    const before = kv.read(1, 0, 100);
    expect(kv.grow(128)).toBe(false);
    expect(kv.grow(129)).toBe(true);
    expect(kv.length).toBe(256);
    expect(kv.read(1, 0, 100)).toEqual(before);
    expect(kv.shrink(129)).toBe(false);
    expect(kv.grow(900)).toBe(true);
    expect(kv.length).toBe(1_000);
    expect(kv.grow(100)).toBe(false);
    expect(kv.shrink(101)).toBe(true);
    expect(kv.length).toBe(128);
    expect(kv.read(1, 0, 100)).toEqual(before);
    expect([0, 1, 2].map((row) => ones(kv, row))).toEqual([100n, 100n, 0n]);
  });

  it('have ones in the mask for what is valid, and no others', () => {
    const kv = filled();
    kv.setValid(0, 3);
    kv.setValid(1, 101);
    expect([0, 1, 2].map((row) => ones(kv, row))).toEqual([3n, 101n, 0n]);
    expect(kv.mask[2]).toBe(1n);
    expect(kv.mask[3]).toBe(0n);
  });

  it('are copied whole into another row, and back in pieces', () => {
    const kv = filled();
    kv.copyRow(1, 2);
    expect(kv.valid[2]).toBe(100);
    expect(kv.read(2, 0, 100)).toEqual(kv.read(1, 0, 100));
    const piece = kv.read(1, 16, 16);
    kv.write(0, 32, 16, piece);
    expect(kv.read(0, 32, 16)).toEqual(piece);
    expect(kv.read(0, 48, 16)).not.toEqual(piece);
  });

  it('take no more positions than a context has', () => {
    const kv = new KvRows(SHAPE, 1, 96);
    expect(kv.length).toBe(96);
    expect(kv.positionBytes).toBe(2 * 2 * 3 * 4 * 4);
  });
});
