import type { VolumeHeader } from '../../pixels/picture';
import type { Reading } from '../reader';
import { labelVolumes } from '.';

const parameters = labelVolumes.parameters.parse({
  spacingMm: 2,
  leastMl: 0.1,
  labels: [
    { label: 1, code: 'white', display: 'White matter', usualMl: { from: 0.2, to: 1 } },
    { label: 2, code: 'grey', display: 'Grey matter' },
  ],
});

const input: VolumeHeader = {
  kind: 'volume',
  slices: 1,
  rows: 1,
  columns: 1,
  sampleType: 'uint8',
  geometry: {
    spacingMm: { row: 1, column: 1 },
    rowDirection: [1, 0, 0],
    columnDirection: [0, 1, 0],
    slicePositionsMm: [[0, 0, 0]],
  },
};

const read = (labels: Uint8Array) =>
  labelVolumes.read(
    {
      input,
      placement: { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 },
      outputs: new Map([
        ['labels', { name: 'labels', datatype: 'UINT8', shape: [1, 1, 1, labels.length], data: labels }],
      ]),
    } satisfies Reading,
    parameters,
  );

describe('label-volumes', () => {
  it('counts cubes to millilitres', () => {
    const { answer, decision, warnings } = read(
      Uint8Array.from({ length: 100 }, (_, i) => (i < 50 ? 1 : i < 75 ? 2 : 0)),
    );
    expect(answer).toEqual({
      kind: 'measurements',
      measurements: [
        { code: 'white', display: 'White matter', value: 0.4, unit: 'mL' },
        { code: 'grey', display: 'Grey matter', value: 0.2, unit: 'mL' },
      ],
    });
    expect([decision, warnings]).toEqual(['answered', []]);
  });

  it('abstains from the silent, empty answer', () => {
    const { answer, decision, warnings } = read(new Uint8Array(100));
    expect([answer, decision]).toEqual([{ kind: 'measurements', measurements: [] }, 'abstained']);
    expect(warnings[0]).toContain('found 0 mL');
  });

  it('says what is unusual', () => {
    expect(read(new Uint8Array(1000).fill(1)).warnings[0]).toContain(
      'White matter: 8 mL lies outside the usual 0.2 to 1 mL',
    );
  });
});
