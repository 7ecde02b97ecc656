import { pictureOf, working } from '../testing';
import { window } from './window';

const shown = (picture: ReturnType<typeof pictureOf>, wanted: object): number[] => {
  const { image } = window.apply(working(picture), window.parameters.parse(wanted));
  expect(image).toMatchObject({ sampleType: 'uint8' });
  return [...image.samples];
};

describe('window', () => {
  it('follows PS3.3 C.11.2.1.2.1: centre 2048, width 4096 maps 0 to black and 4095 to white', () => {
    expect(
      shown(pictureOf(3, 1, Uint16Array.of(0, 2048, 4095)), { using: 'fixed', centre: 2048, width: 4096 }),
    ).toEqual([0, 128, 255]);
  });

  it('applies to rescaled values', () => {
    const ct = pictureOf(3, 1, Int16Array.of(0, 1064, 2048), { rescale: { slope: 1, intercept: -1024, unit: 'HU' } });
    expect(shown(ct, { using: 'fixed', centre: 40, width: 401 })).toEqual([0, 128, 255]);
  });

  it('takes the window of the header, and clamps beyond it', () => {
    const picture = pictureOf(4, 1, Int16Array.of(-50, 0, 100, 500), { window: { centre: 50.5, width: 101 } });
    expect(shown(picture, { using: 'header-or-percentiles' })).toEqual([0, 0, 255, 255]);
  });

  it('takes the function of the header, too: exact linear, or sigmoid', () => {
    const showing = (shape: 'linear-exact' | 'sigmoid', samples: Int16Array | Float32Array): number[] =>
      shown(pictureOf(5, 1, samples, { window: { centre: 0, width: 200, shape } }), { using: 'header-or-percentiles' });
    for (const samples of [Int16Array.of(-200, -100, 0, 50, 100), Float32Array.of(-200, -100, 0, 50, 100)]) {
      expect(showing('linear-exact', samples)).toEqual([0, 0, 128, 191, 255]);
      // 255 / (1 + e^(-4 x / 200)): e^4, e^2, 1, e^-1, e^-2.
      expect(showing('sigmoid', samples)).toEqual([5, 30, 128, 186, 225]);
    }
  });

  it('takes the percentiles of the image where the header has none, so that one hot pixel does not darken the rest', () => {
    const samples = Float32Array.from({ length: 1001 }, (_, index) => (index === 1000 ? 1e6 : index));
    const out = shown(pictureOf(1001, 1, samples), { using: 'header-or-percentiles' });
    expect(out[500]).toBeGreaterThan(120);
    expect(out[500]).toBeLessThan(135);
    expect(out.at(-1)).toBe(255);
  });

  it('passes display values unchanged: 8-bit RGB always, 8-bit grey without a window', () => {
    expect(shown(pictureOf(1, 1, Uint8Array.of(90, 91, 92)), { using: 'fixed', centre: 0, width: 10 })).toEqual([
      90, 91, 92,
    ]);
    expect(shown(pictureOf(2, 1, Uint8Array.of(90, 91)), { using: 'header-or-percentiles' })).toEqual([90, 91]);
    expect(shown(pictureOf(2, 1, Uint8Array.of(90, 91)), { using: 'percentiles' })).toEqual([0, 255]);
  });

  it('makes a flat image black, also one of nothing but NaN', () => {
    expect(shown(pictureOf(2, 1, Uint16Array.of(700, 700)), { using: 'percentiles' })).toEqual([0, 0]);
    expect(shown(pictureOf(2, 1, Float32Array.of(NaN, NaN)), { using: 'percentiles' })).toEqual([0, 0]);
  });

  it('keeps the order of values where the slope is negative', () => {
    const picture = pictureOf(3, 1, Uint16Array.of(0, 50, 100), { rescale: { slope: -1, intercept: 100 } });
    expect(shown(picture, { using: 'percentiles', lower: 0, upper: 1 })).toEqual([255, 128, 0]);
  });

  it('drops window and rescale: what leaves is what is shown', () => {
    const picture = pictureOf(1, 1, Uint16Array.of(1), {
      window: { centre: 1, width: 2 },
      rescale: { slope: 2, intercept: 0 },
    });
    const { image } = window.apply(working(picture), window.parameters.parse({ using: 'header-or-percentiles' }));
    expect(image).not.toHaveProperty('window');
    expect(image).not.toHaveProperty('rescale');
  });

  it('takes the percentiles of all samples of a large film, of which a border of one column is few', () => {
    const side = 2_048;
    const samples = Uint16Array.from({ length: side ** 2 }, (_, at) =>
      at % side === 0 ? 0 : 1_000 + ((at * 7) % 2_001),
    );
    const { image } = window.apply(working(pictureOf(side, side, samples)), {
      using: 'percentiles',
      lower: 0.005,
      upper: 0.995,
    });
    const black = samples.findIndex((value) => value === 1_000);
    expect(image.samples[black]).toBe(0);
  });
});
