import type { Picture, Volume } from './picture';
import { sampleStatistics } from './sample-statistics';

const picture = (samples: Picture['samples'], width: number, fields: Partial<Picture> = {}): Picture => ({
  kind: 'picture',
  width,
  height: samples.length / width,
  channels: 1,
  sampleType: 'uint16',
  samples,
  ...fields,
});

describe('sampleStatistics', () => {
  it('says what a picture is like', () => {
    expect(sampleStatistics(picture(Uint16Array.of(0, 0, 100, 200, 300, 300), 3))).toEqual({
      rows: 2,
      columns: 3,
      slices: 1,
      values: 'stored',
      mean: 150,
      sd: 125.83,
      clipped: 0.667,
      spacing: 'none',
    });
  });

  it('tells values in the unit of the header, and how far apart pixels are', () => {
    const rescaled = picture(Uint16Array.of(0, 1000, 2000, 3000), 2, {
      rescale: { slope: -2, intercept: 10 },
      spacingMm: { row: 0.7, column: 0.7 },
    });
    expect(sampleStatistics(rescaled)).toMatchObject({
      values: 'rescaled',
      mean: -2990,
      sd: 2236.1,
      spacing: 'middle',
    });
  });

  it.each([
    [0.0002, 'microscopic'],
    [0.1, 'fine'],
    [1, 'middle'],
    [5, 'coarse'],
  ])('puts %d mm among the %s', (mm, spacing) => {
    const spaced = picture(Uint16Array.of(1), 1, { spacingMm: { row: mm, column: mm } });
    expect(sampleStatistics(spaced)?.spacing).toBe(spacing);
  });

  it('looks at every column of a large image, not at one', () => {
    const columns = 1024;
    const samples = Uint16Array.from({ length: columns * 1024 }, (_, at) => at % columns);
    const found = sampleStatistics(picture(samples, columns));
    expect(found?.mean).toBeCloseTo((columns - 1) / 2, -1);
    expect(found?.sd).toBeCloseTo(columns / Math.sqrt(12), -1);
  });

  it.each([
    [64, 256],
    [32, 512],
    [64, 512],
  ])('is as good as of all samples of %d slices of %d rows and columns', (slices, side) => {
    const slice = Uint8Array.from({ length: side ** 2 }, (_, at) => {
      const [row, column] = [Math.floor(at / side), at % side];
      return Math.hypot((row / side - 0.5) / 0.42, (column / side - 0.5) / 0.35) < 1 ? 200 : 0;
    });
    const samples = new Uint8Array(slices * side ** 2);
    for (let at = 0; at < slices; at += 1) samples.set(slice, at * side ** 2);
    const share = slice.filter((value) => value > 0).length / side ** 2;
    const found = sampleStatistics(picture(samples, side, { sampleType: 'uint8' }));
    expect(Math.abs((found?.mean ?? 0) / 200 - share)).toBeLessThan(0.01);
    expect(Math.abs((found?.sd ?? 0) / 200 - Math.sqrt(share * (1 - share)))).toBeLessThan(0.01);
  });

  it('passes over what is no number, and has nothing to say where nothing is one', () => {
    const floats = (...values: number[]) => picture(Float32Array.from(values), 1, { sampleType: 'float32' });
    expect(sampleStatistics(floats(1, NaN, 3))).toMatchObject({ mean: 2, sd: 1, clipped: 1 });
    expect(sampleStatistics(floats(NaN, Infinity))).toBeUndefined();
  });

  it('has nothing to say where a header scales values out of the range of numbers', () => {
    const scaledBy = (slope: number, intercept: number) =>
      sampleStatistics(picture(Uint16Array.of(0, 1_000), 1, { rescale: { slope, intercept } }));
    expect(scaledBy(1e308, 0)).toBeUndefined();
    expect(scaledBy(-1e308, 1e308)).toBeUndefined();
    expect(scaledBy(1e300, 0)).toMatchObject({ mean: 5e302, sd: 5e302 });
  });

  it('counts the slices of a volume', () => {
    const volume = {
      kind: 'volume',
      slices: 2,
      rows: 1,
      columns: 2,
      sampleType: 'int16',
      samples: Int16Array.of(1, 2, 3, 4),
      geometry: { spacingMm: { row: 1, column: 1 } },
    } as unknown as Volume;
    expect(sampleStatistics(volume)).toMatchObject({ rows: 1, columns: 2, slices: 2, mean: 2.5 });
  });
});
