import { chunksOf } from './chunks';

describe('pieces of a long text', () => {
  it('are the text together, each bounded', () => {
    const text = 'The heart is not enlarged.\n'.repeat(40_000);
    const chunks = chunksOf(text, 4_000);
    expect(chunks.join('')).toBe(text);
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(4_000);
    expect(chunks.slice(0, -1).every((chunk) => chunk.endsWith('\n'))).toBe(true);
  });

  it('do not cut a character of two units in two', () => {
    const text = `a${'🫀'.repeat(10)}`;
    const chunks = chunksOf(text, 4);
    expect(chunks.join('')).toBe(text);
    expect(chunks.every((chunk) => chunk.isWellFormed())).toBe(true);
  });

  it('are one of a short text, and of none', () => {
    expect(chunksOf('short', 100)).toEqual(['short']);
    expect(chunksOf('', 100)).toEqual(['']);
  });
});
