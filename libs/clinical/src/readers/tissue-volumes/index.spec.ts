import type { Vector, VolumeHeader } from '../../pixels/picture';
import type { Reading } from '../reader';
import { tissueVolumes } from '.';

const parameters = tissueVolumes.parameters.parse({
  tissues: [
    { code: 'fat', display: 'Fat', fromHu: -190, toHu: -30 },
    { code: 'between', display: 'Between', isAnswer: false },
    { code: 'bone', display: 'Bone', fromHu: 151 },
  ],
});

const header = (depths: readonly number[], sliceThicknessMm?: number): VolumeHeader => ({
  kind: 'volume',
  slices: depths.length,
  rows: 10,
  columns: 10,
  sampleType: 'int16',
  geometry: {
    spacingMm: { row: 2, column: 5 },
    rowDirection: [1, 0, 0],
    columnDirection: [0, 1, 0],
    slicePositionsMm: depths.map((z): Vector => [0, 0, z]),
    ...(sliceThicknessMm !== undefined && { sliceThicknessMm }),
  },
});

const reading = (input: Reading['input'], counts: readonly number[], shape = [counts.length / 3, 3]): Reading => ({
  input,
  placement: { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 },
  outputs: new Map([['counts', { name: 'counts', datatype: 'INT32', shape, data: Int32Array.from(counts) }]]),
});

describe('tissue-volumes', () => {
  it('weighs each slice with the thickness that it stands for', () => {
    const finding = tissueVolumes.read(reading(header([0, 2, 6]), [100, 0, 0, 100, 0, 10, 0, 0, 50]), parameters);
    expect(finding.answer).toEqual({
      kind: 'measurements',
      measurements: [
        { code: 'fat', display: 'Fat', value: 5, unit: 'mL' }, // 10 mm2 x (100 x 2 mm + 100 x 3 mm)
        { code: 'bone', display: 'Bone', value: 2.3, unit: 'mL' },
      ],
    });
    expect(finding.decision).toBe('answered');
    expect(finding.warnings[0]).toContain('unevenly spaced (2 to 4 mm)');
  });

  it('warns of a gap between slices, of a single slice and of much partial volume', () => {
    const said = (depths: readonly number[], counts: readonly number[], mm?: number): string =>
      tissueVolumes.read(reading(header(depths, mm), counts), parameters).warnings.join(' ');
    expect(said([0, 2, 4, 6, 16], Array<number>(15).fill(1))).toContain('a gap of 10 mm');
    expect(said([0], [1, 0, 0], 5)).toContain('single slice');
    expect(said([0, 2], [1, 9, 1, 1, 9, 1])).toContain('partial volume');
  });

  it('abstains without a body, and for a single slice of unknown thickness', () => {
    for (const [depths, counts] of [
      [
        [0, 2],
        [0, 0, 0, 0, 0, 0],
      ],
      [[0], [5, 5, 5]],
    ] as const) {
      const finding = tissueVolumes.read(reading(header(depths), counts), parameters);
      expect(finding.decision).toBe('abstained');
      expect(finding.answer).toEqual({ kind: 'measurements', measurements: [] });
      expect(finding.warnings).toHaveLength(1);
    }
  });

  it('rejects outputs that are not what it was promised', () => {
    expect(() => tissueVolumes.read(reading(header([0, 2]), [1, 1, 1]), parameters)).toThrow('[2, 3]');
    expect(() => tissueVolumes.read({ ...reading(header([0]), [1, 1, 1]), outputs: new Map() }, parameters)).toThrow(
      'counts',
    );
  });
});
