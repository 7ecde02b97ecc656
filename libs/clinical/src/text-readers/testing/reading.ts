import type { TextReading } from '../text-reader';

/** What a model wrote about a picture of 200 x 100 pixels. */
export const reading = (text: string, more: Partial<TextReading> = {}): TextReading => ({
  text,
  finish: 'stop',
  asked: {},
  input: { kind: 'picture', width: 200, height: 100, channels: 1, sampleType: 'uint8' },
  ...more,
});

export const VOLUME: TextReading['input'] = {
  kind: 'volume',
  slices: 2,
  rows: 4,
  columns: 4,
  sampleType: 'int16',
  geometry: {
    spacingMm: { row: 1, column: 1 },
    rowDirection: [1, 0, 0],
    columnDirection: [0, 1, 0],
    slicePositionsMm: [
      [0, 0, 0],
      [0, 0, 1],
    ],
  },
};
