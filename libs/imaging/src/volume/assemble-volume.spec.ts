import type { Picture, Rescale, Vector } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import fc from 'fast-check';
import { assembleVolume } from './assemble-volume';
import type { SliceInput } from './slice-input';

const AXIAL = [1, 0, 0, 0, 1, 0] as const;
const HU: Rescale = { slope: 1, intercept: -1024, unit: 'HU' };

interface Made {
  readonly z?: number;
  readonly position?: Vector;
  readonly orientation?: SliceInput['geometry']['imageOrientationPatient'];
  readonly spacing?: { readonly row: number; readonly column: number };
  readonly value?: number;
  readonly size?: number;
  readonly seriesKey?: string;
  readonly rescale?: Rescale;
  readonly channels?: 1 | 3;
}

function slice(made: Made = {}): SliceInput {
  const size = made.size ?? 2;
  const picture: Picture = {
    kind: 'picture',
    width: size,
    height: size,
    channels: made.channels ?? 1,
    sampleType: 'int16',
    samples: new Int16Array(size * size * (made.channels ?? 1)).fill(made.value ?? 0),
    rescale: made.rescale ?? HU,
  };
  return {
    picture,
    geometry: {
      imagePositionPatient: made.position ?? [0, 0, made.z ?? 0],
      imageOrientationPatient: made.orientation ?? AXIAL,
      pixelSpacing: made.spacing ?? { row: 1, column: 1 },
      sliceThicknessMm: 4,
    },
    seriesKey: made.seriesKey ?? '1.2.840.99999.7',
  };
}

const refusal = (slices: readonly SliceInput[], limits?: Parameters<typeof assembleVolume>[1]): ServingError => {
  try {
    assembleVolume(slices, limits);
  } catch (thrown) {
    if (thrown instanceof ServingError) return thrown;
    throw thrown;
  }
  throw new Error('it was accepted');
};

describe('assembleVolume', () => {
  it('makes the same volume of the same slices in any order', () => {
    const slices = [0, 1.08, 7, 14, 20.5].map((z, value) => slice({ z, value }));
    const expected = assembleVolume(slices);
    expect(expected.samples[4 * 3]).toBe(3);
    expect(expected.geometry.slicePositionsMm.map(([, , z]) => z)).toEqual([0, 1.08, 7, 14, 20.5]);
    fc.assert(
      fc.property(fc.shuffledSubarray(slices, { minLength: slices.length }), (shuffled) => {
        expect(assembleVolume(shuffled)).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps stored values and their rescale where all slices share it', () => {
    const { rescale, sampleType } = assembleVolume([slice({ z: 0 }), slice({ z: 1 })]);
    expect({ rescale, sampleType }).toEqual({ rescale: HU, sampleType: 'int16' });
  });

  it('applies a rescale that differs from slice to slice, to int16 if that is exact and to float32 if not', () => {
    const whole = assembleVolume([
      slice({ z: 0, value: 24 }),
      slice({ z: 1, value: 0, rescale: { slope: 1, intercept: -1000 } }),
    ]);
    expect([whole.sampleType, whole.samples[0], whole.samples[4]]).toEqual(['int16', -1000, -1000]);
    expect(whole.rescale).toEqual({ slope: 1, intercept: 0, unit: 'HU' });
    const broken = assembleVolume([
      slice({ z: 0, value: 3 }),
      slice({ z: 1, value: 3, rescale: { slope: 0.5, intercept: 0 } }),
    ]);
    expect([broken.sampleType, broken.samples[0], broken.samples[4]]).toEqual(['float32', -1021, 1.5]);
  });

  it('makes a volume of a single slice, with its nominal thickness', () => {
    const volume = assembleVolume([slice({ z: 5 })]);
    expect([volume.slices, volume.geometry.sliceThicknessMm]).toEqual([1, 4]);
  });

  it('counts a slice once that was sent twice', () => {
    expect(assembleVolume([slice({ z: 0 }), slice({ z: 1, value: 9 }), slice({ z: 0 })]).slices).toBe(2);
  });

  it.each<[string, Made, string]>([
    ['of another series', { seriesKey: 'other' }, 'series or frame of reference'],
    ['of another size', { size: 3 }, 'rows and columns'],
    ['of another plane, as a localizer is', { orientation: [0, 1, 0, 0, 0, -1] }, 'orientation'],
    ['with another pixel spacing', { spacing: { row: 1, column: 1.2 } }, 'pixel spacing'],
    ['with values in another unit', { rescale: { ...HU, unit: 'US' } }, 'unit of the values'],
    ['with other content at the same place', { z: 0, value: 5 }, 'same place'],
    ['beside another one in the same plane', { position: [300, 0, 0] }, 'same place'],
  ])('refuses a slice %s, and says so without a UID', (_, made, said) => {
    const error = refusal([slice({ z: 0 }), slice({ z: 1 }), slice({ z: 2, ...made })]);
    expect(error.reason).toBe('mixed_series');
    expect(error.message).toContain(said);
    expect(error.message).not.toContain('1.2.840');
  });

  it.each<[string, Made]>([
    ['colour', { channels: 3 }],
    ['a position that is no number', { position: [0, NaN, 0] }],
    ['two equal directions', { orientation: [1, 0, 0, 1, 0, 0] }],
    ['no spacing', { spacing: { row: 0, column: 1 } }],
  ])('cannot use a slice with %s', (_, made) => {
    expect(refusal([slice(made)]).reason).toBe('unreadable_image');
  });

  it('has limits, and names them', () => {
    const slices = [0, 1, 2].map((z) => slice({ z }));
    expect(refusal(slices, { maxFrames: 2, maxDecodedBytes: 1e9 }).limit).toBe('maxFrames: 2 slices');
    expect(refusal(slices, { maxFrames: 9, maxDecodedBytes: 23 }).limit).toBe('maxDecodedBytes: 23 bytes');
    expect(refusal([]).reason).toBe('unreadable_image');
  });
});
