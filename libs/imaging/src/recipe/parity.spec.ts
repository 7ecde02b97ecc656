import parity from './parity.fixture.json';
import { resample } from './resample';
import { pictureOf } from './testing';

/** The pattern that the packages' Python recipes draw; `parity.py` beside the recogniser's recipe made the fixture. */
function pattern(width: number, height: number, channels: number): Uint8Array {
  const samples = new Uint8Array(width * height * channels);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) samples[at++] = (x * 7 + y * 13 + c * 31 + ((x * y) % 17) * 9) % 256;
    }
  }
  return samples;
}

describe('resizing here and in the Python recipes that trained the models', () => {
  it.each(parity)('agrees from $from to $to within one level', ({ from, to, base64 }) => {
    const { width, height, channels } = from;
    const picture = { ...pictureOf(width, height, pattern(width, height, channels)), channels: channels as 1 | 3 };
    const expected = Buffer.from(base64, 'base64');
    const got = resample(picture, to.width, to.height);
    expect(got).toHaveLength(expected.length);
    expect(Math.max(...got.map((value, at) => Math.abs(value - (expected[at] as number))))).toBeLessThanOrEqual(1);
  });
});
