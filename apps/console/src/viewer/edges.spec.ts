import { describeStage, type Shown } from './describe-stage';
import { edgeLetters, oppositeOf } from './orientation';
import { valueAt } from './sample-at';
import { scaleBar } from './scale-bar';
import { stepsFor, reducedFile, labelFile } from './volume-file';
import { readNifti } from '../images/read-nifti';

describe('orientation letters', () => {
  it('stand at the edges: where x grows to is on the right', () => {
    expect(edgeLetters({ x: 'L', y: 'P' })).toEqual({ left: 'R', right: 'L', top: 'A', bottom: 'P' });
    expect(edgeLetters({ x: 'P', y: 'F' })).toEqual({ left: 'A', right: 'P', top: 'H', bottom: 'F' });
  });

  it('are none where nothing says, or what it says is unknown', () => {
    expect(edgeLetters(null)).toBeUndefined();
    expect(edgeLetters({ x: 'X', y: 'P' })).toBeUndefined();
    expect(edgeLetters({ x: '', y: 'P' })).toBeUndefined();
    expect(oppositeOf('LP')).toBe('RA');
  });
});

describe('a scale bar', () => {
  it.each([
    [0.5, 1, 150, { length: 5, unit: 'cm', width: 100 }],
    [0.5, 2, 150, { length: 2, unit: 'cm', width: 80 }],
    [0.00025, 1, 120, { length: 20, unit: 'µm', width: 80 }],
    [0.1, 1, 100, { length: 1, unit: 'cm', width: 100 }],
  ])('of %d mm a column at %d is the longest round length in %d pixels', (spacing, scale, room, bar) => {
    const found = scaleBar(spacing, scale, room);
    expect(found).toMatchObject({ length: bar.length, unit: bar.unit });
    expect(found?.width).toBeCloseTo(bar.width);
  });

  it.each([0, NaN, Infinity, -1])('is none of a spacing of %d', (spacing) => {
    expect(scaleBar(spacing, 1, 100)).toBeUndefined();
  });
});

describe('the text alternative', () => {
  /** The key of a text and what is put into it, in place of the text. */
  const t: Parameters<typeof describeStage>[1] = (key, values = {}) =>
    [key, ...Object.values(values).map(String)].join(' ');
  const shown: Shown = {
    columns: 512,
    rows: 512,
    slice: 11,
    slices: 28,
    window: { center: 40, width: 80 },
    isInverted: false,
    hasMarks: true,
    labels: new Map([['Haemorrhage', 2]]),
    slicesWithMarks: 3,
    number: String,
  };

  it('says which slice, what is seen of its values, and what was found on it', () => {
    expect(describeStage(shown, t)).toBe(
      'describeSlice 12 28 512 512 describeWindow 0 80 describeFound 2 Haemorrhage (2) describeElsewhere 3',
    );
  });

  it('names twelve kinds, and says how many more there are', () => {
    const labels = new Map(Array.from({ length: 10_000 }, (_, at) => [`n${String(at)}`, 1] as const));
    const text = describeStage({ ...shown, labels }, t);
    expect(text).toContain('n10, n11 9988');
    expect(text).not.toContain('n12');
  });
});

describe('the value under the pointer', () => {
  const volume = {
    columns: 2,
    rows: 2,
    slices: 2,
    samplesPerPixel: 1 as const,
    samples: Int16Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    slope: 2,
    intercept: -1,
    nifti: new ArrayBuffer(0),
  };

  it('is in the unit of the image, and none beside it', () => {
    expect(valueAt(volume, 1.9, 0.2, 1)).toEqual([11]);
    expect(valueAt(volume, 2, 0, 0)).toBeUndefined();
    expect(valueAt(volume, -0.1, 0, 0)).toBeUndefined();
  });
});

describe('a volume for three planes', () => {
  const [columns, rows, slices] = [6, 4, 3];
  const nifti = new ArrayBuffer(352 + columns * rows * slices * 2);
  const header = new DataView(nifti);
  header.setInt32(0, 348, true);
  [3, columns, rows, slices, 1, 1, 1, 1].forEach((size, axis) => {
    header.setInt16(40 + 2 * axis, size, true);
  });
  header.setInt16(70, 4, true);
  header.setInt16(72, 16, true);
  header.setFloat32(80, 0.5, true);
  header.setFloat32(108, 352, true);
  header.setFloat32(112, 1, true);
  header.setFloat32(280, -0.5, true);
  'n+1'.split('').forEach((letter, at) => {
    header.setUint8(344 + at, letter.charCodeAt(0));
  });
  for (let at = 0; at < columns * rows * slices; at += 1) header.setInt16(352 + at * 2, at, true);
  const volume = readNifti(nifti);

  it('is the file that there is where it is small enough', () => {
    expect(reducedFile(volume, stepsFor(volume))).toBe(nifti);
  });

  it('has samples left out where it is too large, and the grid with them', () => {
    expect(stepsFor({ columns: 512, rows: 512, slices: 300 }, 256 ** 3)).toEqual([2, 2, 2]);
    const file = reducedFile(volume, [2, 1, 2]);
    const reduced = readNifti(file);
    expect(reduced).toMatchObject({ columns: 3, rows: 4, slices: 2 });
    expect([...reduced.samples.slice(0, 4)]).toEqual([0, 2, 4, 6]);
    expect(reduced.samples[12]).toBe(48);
    expect(new DataView(file).getFloat32(80, true)).toBe(1);
    expect(new DataView(file).getFloat32(280, true)).toBe(-1);
  });

  it('has masks on the same grid', () => {
    const counts = [8, 2, 14];
    const overlay = { id: 'a', label: 'a', colour: 5, slice: 2, mask: { width: 6, height: 4, counts } };
    const labels = readNifti(labelFile(volume, [2, 1, 2], [overlay], 8)!);
    expect(labels).toMatchObject({ columns: 3, rows: 4, slices: 2, samplesPerPixel: 1 });
    expect([...labels.samples].flatMap((label, at) => (label === 0 ? [] : [[at, label]]))).toEqual([[16, 6]]);
    expect(labelFile(volume, [1, 1, 1], [], 8)).toBeUndefined();
  });
});
