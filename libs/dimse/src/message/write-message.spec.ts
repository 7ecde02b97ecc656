import { valueBytes } from './write-message';

describe('what one presentation data value holds', () => {
  it.each([
    [16_384, 16_378],
    [31, 24],
    [8, 2],
    [7, 1],
    [0, 256 * 1024 - 6],
  ])('of a maximum of %d bytes is %d: even, where there is room for two', (maxPduBytes, bytes) => {
    expect(valueBytes(maxPduBytes)).toBe(bytes);
  });
});
