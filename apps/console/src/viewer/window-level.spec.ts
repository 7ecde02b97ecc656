import { ctWindow, isCt } from './ct-window';
import { brightness, greyTable } from './grey-table';
import { paintTile } from './paint-tile';
import { planesRange } from './planes-range';
import { bareWindow, dragWindow, extremes, firstWindow, isSameWindow, percentiles, windowOver } from './window-level';

const volume = (samples: Uint8Array | Int16Array | Uint16Array | Float32Array, slope = 1, intercept = 0) => ({
  columns: samples.length,
  rows: 1,
  slices: 1,
  samplesPerPixel: 1 as const,
  samples,
  slope,
  intercept,
  nifti: new ArrayBuffer(0),
});

const told = (served: string | null, detail: Readonly<Record<string, unknown>> = {}) => ({
  modality: { declared: null, detected: served, source: 'header', served, title: null, why: '', choices: [], detail },
});

const shades = (center: number, width: number, isInverted = false) => ({ window: { center, width }, isInverted });

describe('a window', () => {
  it('is from black to white by the linear function of DICOM (PS3.3 C.11.2.1.2.1)', () => {
    expect(brightness(-160, shades(40, 400), false)).toBe(0);
    expect(brightness(239, shades(40, 400), false)).toBe(255);
    expect(brightness(39.5, shades(40, 400), false)).toBe(128);
  });

  it('is by the function that the image names (PS3.3 C.11.2.1.2.1, C.11.2.1.3)', () => {
    const by = (named: 'linear' | 'linear-exact' | 'sigmoid', value: number, isExact = false) =>
      brightness(value, { window: { center: 200, width: 401, function: named }, isInverted: false }, isExact);
    expect([0, 100, 200, 300, 400].map((value) => by('sigmoid', value))).toEqual([31, 69, 128, 186, 224]);
    expect([0, 100, 200, 300, 400].map((value) => by('linear-exact', value))).toEqual([0, 64, 128, 191, 255]);
    // Also of values that are no whole numbers: those of a PET, say.
    expect(brightness(1.5, { window: { center: 2, width: 3, function: 'linear' }, isInverted: false }, true)).toBe(128);
    const narrow = { window: { center: 0.2, width: 0.4, function: 'sigmoid' as const }, isInverted: true };
    expect(brightness(0.3, narrow, true)).toBe(255 - 186);
  });

  it('keeps its function when it is dragged or reset, and is not the straight one of the same centre and width', () => {
    const bent = { center: 40, width: 400, function: 'sigmoid' as const };
    expect(dragWindow(bent, 0.1, 0).function).toBe('sigmoid');
    expect(bareWindow({ ...bent, name: 'presetFirst' } as typeof bent)).toEqual(bent);
    expect(isSameWindow(bent, { center: 40, width: 400 })).toBe(false);
  });

  it('is bent by a colour map where three planes are drawn', () => {
    expect(planesRange(shades(40, 400))).toEqual({ low: -160, high: 240, shades: undefined });
    const sigmoid = { center: 40, width: 400, function: 'sigmoid' as const };
    const bent = planesRange({ window: sigmoid, isInverted: false });
    expect([bent.low, bent.high, ...[0, 85, 255].map((step) => bent.shades?.[step])]).toEqual([-560, 640, 1, 30, 254]);
  });

  it('falls where the image is shown inverted, in three planes too', () => {
    const falling = planesRange(shades(40, 400, true));
    expect([falling.low, falling.high]).toEqual([-160, 240]);
    expect([0, 51, 255].map((step) => falling.shades?.[step])).toEqual([255, 204, 0]);
  });

  it('leaves eight bits as they are, and turns them when inverted', () => {
    const { shades: table } = greyTable(volume(new Uint8Array(1)), shades(128, 256))!;
    expect([...table]).toEqual(Array.from({ length: 256 }, (_, value) => value));
    expect(greyTable(volume(new Uint8Array(1)), shades(128, 256, true))!.shades[0]).toBe(255);
  });

  it('is a step where it has no width, and black where there is no number', () => {
    expect(brightness(9, shades(10, 1), false)).toBe(0);
    expect(brightness(11, shades(10, 1), false)).toBe(255);
    expect(brightness(NaN, shades(10, 5), true)).toBe(0);
  });

  it('reaches negative samples and those of a slope', () => {
    const table = greyTable(volume(new Int16Array(1), 2, -1024), shades(0, 400))!;
    expect(table.shades[512 + table.offset]).toBe(brightness(0, shades(0, 400), false));
  });

  it('is first what is known for the image, then all of a byte, then where the values lie', () => {
    expect(firstWindow(volume(new Uint8Array(4)), { center: 1, width: 2 })).toEqual({ center: 1, width: 2 });
    expect(firstWindow(volume(new Uint8Array(4)), { center: 1, width: 0 })).toEqual({ center: 128, width: 256 });
    const samples = Int16Array.from({ length: 1001 }, (_, at) => at);
    expect(firstWindow(volume(samples), undefined)).toEqual({ center: 500, width: 980 });
  });

  it('has width even where all values are the same, or none is a number', () => {
    expect(windowOver(5, 5).width).toBeGreaterThan(0);
    const [low, high] = percentiles(volume(new Float32Array([NaN, NaN])), 0, 1);
    expect([low, high]).toEqual([0, 0]);
  });

  it('over all values goes from the least to the greatest, whatever the slope, and passes over what is no number', () => {
    const samples = Float32Array.from({ length: 200_000 }, (_, at) => (at % 7 === 0 ? NaN : Math.sin(at) * 900));
    for (const one of [volume(samples), volume(samples, -2, 10), volume(new Float32Array([NaN]), 2, 3)])
      expect(extremes(one)).toEqual(percentiles(one, 0, 1));
  });

  it('of a CT is that of its body part', () => {
    expect(ctWindow(told('ct3d'))).toEqual({ center: 40, width: 400 });
    expect(ctWindow(told('ct3d', { bodyPart: 'HEAD' }))).toEqual({ center: 40, width: 80 });
    expect(ctWindow(told('ct3d', { bodyPart: 'constructor' }))).toEqual({ center: 40, width: 400 });
    expect(ctWindow(told('mr3d'))).toBeUndefined();
    expect(isCt(told('radiology', { dicomModality: 'CT' }))).toBe(true);
    expect(isCt(told(null))).toBe(false);
  });

  it('is widened by a drag to the right and raised by one down', () => {
    const dragged = dragWindow({ center: 40, width: 400 }, 0.1, 0.1);
    expect(dragged.width).toBeGreaterThan(400);
    expect(dragged.center).toBe(80);
    expect(dragWindow({ center: 0, width: 1 }, -100, 0).width).toBeGreaterThan(0);
  });
});

describe('a painted tile', () => {
  it('is grey of one sample a pixel, colour of three', () => {
    const grey = new Uint32Array(2);
    const bytes = volume(Uint8Array.of(0, 200));
    paintTile(bytes.samples, bytes, shades(128, 256), greyTable(bytes, shades(128, 256)), grey);
    expect([...grey]).toEqual([0xff000000, 0xffc8c8c8]);
    const colour = new Uint32Array(1);
    const rgb = { ...volume(Uint8Array.of(1, 2, 3)), samplesPerPixel: 3 as const };
    paintTile(rgb.samples, rgb, shades(128, 256), greyTable(rgb, shades(128, 256)), colour);
    expect(colour[0]).toBe(0xff030201);
  });

  it('is grey of floating samples, by no table', () => {
    const pixels = new Uint32Array(2);
    const floats = volume(Float32Array.of(0, 1));
    expect(greyTable(floats, shades(0.5, 1))).toBeUndefined();
    paintTile(floats.samples, floats, shades(0.5, 1), undefined, pixels);
    expect([...pixels]).toEqual([0xff000000, 0xffffffff]);
  });
});
