import type { Picture } from '@medserve/clinical';
import type { DecodedStudy } from '@medserve/imaging';
import { describeImage } from './describe-image';

const PICTURE: Picture = {
  kind: 'picture',
  width: 3,
  height: 2,
  channels: 3,
  sampleType: 'uint8',
  samples: new Uint8Array(18),
};

const described = (decoded: Picture, rest: Partial<DecodedStudy> = {}) =>
  describeImage({
    decoded,
    facts: { container: 'raster', dimensions: 2, width: 3, height: 2, depth: 1, channels: 3 },
    inputs: [],
    warnings: [],
    ...rest,
  });

describe('how a picture is laid out', () => {
  it('is told by its size alone where nothing else is known', () => {
    expect(described(PICTURE)).toEqual({
      kind: 'image',
      columns: 3,
      rows: 2,
      slices: 1,
      samplesPerPixel: 3,
      spacingMm: null,
      window: null,
      isInverted: false,
      orientation: null,
    });
  });

  it('is told with spacing and window where its header says them', () => {
    const decoded = { ...PICTURE, spacingMm: { row: 2, column: 1 }, window: { centre: 5, width: 10 } };
    expect(described(decoded)).toMatchObject({
      spacingMm: { x: 1, y: 2, z: null },
      window: { center: 5, width: 10, function: 'linear' },
    });
  });

  it('tells by which function its window is shown (PS3.3 C.11.2.1.3)', () => {
    for (const shape of ['linear-exact', 'sigmoid'] as const)
      expect(described({ ...PICTURE, window: { centre: 5, width: 10, shape } }).window).toEqual({
        center: 5,
        width: 10,
        function: shape,
      });
  });

  it('is inverted where its smaller values are the brighter, and were not turned for it', () => {
    expect(described(PICTURE, { isInverted: true }).isInverted).toBe(true);
  });

  it('has the letters of its header, or those of its plane', () => {
    expect(described(PICTURE, { placement: { letters: ['A', 'FL'] } }).orientation).toEqual({
      x: 'A',
      y: 'FL',
      z: null,
    });
    const plane = { origin: [0, 0, 0], rowDirection: [0, 1, 0], columnDirection: [0, 0, -1] } as const;
    expect(described(PICTURE, { placement: { plane } }).orientation).toEqual({ x: 'P', y: 'F', z: null });
  });
});
