import type { Picture, Rescale, Vector } from '@medserve/clinical';
import type { ServingError } from '@medserve/errors';
import fc from 'fast-check';
import { assembleVolume, type AssembledVolume } from './assemble-volume';
import type { VolumeLimits } from './check-slices';
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
  readonly input?: number;
  readonly acquisition?: number;
  readonly timePoint?: number;
  readonly isLocalizer?: boolean;
}

function slice(made: Made = {}): SliceInput {
  const size = made.size ?? 2;
  const channels = made.channels ?? 1;
  const picture: Picture = {
    kind: 'picture',
    width: size,
    height: size,
    channels,
    sampleType: 'int16',
    samples: new Int16Array(size * size * channels).fill(made.value ?? 0),
    rescale: made.rescale ?? HU,
  };
  return {
    size: { rows: size, columns: size },
    channels,
    decodedBytes: picture.samples.byteLength,
    geometry: {
      imagePositionPatient: made.position ?? [0, 0, made.z ?? 0],
      imageOrientationPatient: made.orientation ?? AXIAL,
      pixelSpacing: made.spacing ?? { row: 1, column: 1 },
      sliceThicknessMm: 4,
    },
    source: { input: made.input ?? 0 },
    seriesKey: made.seriesKey ?? '1.2.840.99999.7',
    ...(made.acquisition !== undefined && { acquisitionNumber: made.acquisition }),
    ...(made.timePoint !== undefined && { timePoint: made.timePoint }),
    isLocalizer: made.isLocalizer ?? false,
    decode: () => Promise.resolve(picture),
  };
}

const assembled = (...made: readonly Made[]): Promise<AssembledVolume> => assembleVolume(made.map(slice));

const refusal = (slices: readonly SliceInput[], limits?: VolumeLimits): Promise<ServingError> =>
  assembleVolume(slices, limits).then(
    () => Promise.reject(new Error('it was accepted')),
    (error: unknown) => error as ServingError,
  );

const zOf = ({ volume }: AssembledVolume): number[] => volume.geometry.slicePositionsMm.map(([, , z]) => z);

describe('the volume of a series', () => {
  it('is the same whatever order its slices came in', async () => {
    const slices = [0, 1.08, 7, 14, 20.5].map((z, value) => slice({ z, value, input: value }));
    const expected = await assembleVolume(slices);
    expect(expected.volume.samples[4 * 3]).toBe(3);
    expect(zOf(expected)).toEqual([0, 1.08, 7, 14, 20.5]);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(slices, { minLength: slices.length }), async (shuffled) => {
        expect(await assembleVolume(shuffled)).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('runs along the normal, whichever way that points', async () => {
    const orientation = [1, 0, 0, 0, -1, 0] as const;
    const found = await assembled({ z: 0, orientation, input: 0 }, { z: 5, orientation, input: 1 });
    expect(zOf(found)).toEqual([5, 0]);
    expect(found.sources).toEqual([{ input: 1 }, { input: 0 }]);
  });

  it('keeps stored values and their rescale where all slices share it', async () => {
    const { rescale, sampleType } = (await assembled({ z: 0 }, { z: 1 })).volume;
    expect({ rescale, sampleType }).toEqual({ rescale: HU, sampleType: 'int16' });
  });

  it('applies a rescale that differs from slice to slice, to int16 if that is exact and to float32 if not', async () => {
    const { volume: whole } = await assembled(
      { z: 0, value: 24 },
      { z: 1, value: 0, rescale: { slope: 1, intercept: -1000 } },
    );
    expect([whole.sampleType, whole.samples[0], whole.samples[4]]).toEqual(['int16', -1000, -1000]);
    expect(whole.rescale).toEqual({ slope: 1, intercept: 0, unit: 'HU' });
    const { volume: broken } = await assembled(
      { z: 0, value: 3 },
      { z: 1, value: 3, rescale: { slope: 0.5, intercept: 0 } },
    );
    expect([broken.sampleType, broken.samples[0], broken.samples[4]]).toEqual(['float32', -1021, 1.5]);
  });

  it('holds slices of another sample type, as values', async () => {
    const bytes = slice({ z: 1 });
    const picture: Picture = { ...(await bytes.decode()), sampleType: 'uint8', samples: Uint8Array.of(1, 2, 3, 4) };
    const { volume } = await assembleVolume([
      slice({ z: 0, value: 24 }),
      { ...bytes, decode: () => Promise.resolve(picture) },
    ]);
    expect([volume.sampleType, ...volume.samples]).toEqual([
      'int16',
      ...Array<number>(4).fill(-1000),
      -1023,
      -1022,
      -1021,
      -1020,
    ]);
  });

  it('may be of a single slice, with its nominal thickness', async () => {
    const { volume } = await assembled({ z: 5 });
    expect([volume.slices, volume.geometry.sliceThicknessMm]).toEqual([1, 4]);
  });

  it('leaves localizers out, and says so, but is made of them where there is nothing else', async () => {
    const scout: Made = { isLocalizer: true, orientation: [0, 1, 0, 0, 0, -1], size: 3 };
    const { volume, warnings } = await assembled({ z: 0 }, scout, { z: 1 });
    expect(volume.slices).toBe(2);
    expect(warnings).toEqual(['1 of 3 slices are localizers by their header and were left out.']);
    expect((await assembled(scout)).volume.rows).toBe(3);
  });

  it('decodes no pixel of a series that its headers rule out', async () => {
    const decode = jest.fn(() => Promise.reject(new Error('it was decoded')));
    const slices = [slice({ z: 0 }), slice({ z: 1, seriesKey: 'other' })].map((one) => ({ ...one, decode }));
    expect((await refusal(slices)).reason).toBe('mixed_series');
    expect(decode).not.toHaveBeenCalled();
  });

  it.each<[string, Made, string]>([
    ['of another series', { seriesKey: 'other' }, 'series or frame of reference'],
    ['of another size', { size: 3 }, 'rows and columns'],
    ['of another plane', { orientation: [0, 1, 0, 0, 0, -1] }, 'orientation'],
    ['with another pixel spacing', { spacing: { row: 1, column: 1.2 } }, 'pixel spacing'],
    ['with values in another unit', { rescale: { ...HU, unit: 'US' } }, 'unit of the values'],
    ['with other content at the same place', { z: 0, value: 5 }, 'same place'],
    ['beside another one in the same plane', { position: [300, 0, 0] }, 'beside each other'],
    ['in another part of the body', { z: 400 }, 'a gap of 399.0 mm where 4.0 mm are usual'],
  ])('is refused with a slice %s, without a UID in the text', async (_, made, said) => {
    const error = await refusal([slice({ z: 0 }), slice({ z: 1 }), slice({ z: 2, ...made })]);
    expect(error.reason).toBe('mixed_series');
    expect(error.message).toContain(said);
    expect(error.message).not.toContain('1.2.840');
  });

  it.each<[string, Made]>([
    ['colour', { channels: 3 }],
    ['a position that is no number', { position: [0, NaN, 0] }],
    ['two equal directions', { orientation: [1, 0, 0, 1, 0, 0] }],
    ['columns askew to its rows', { orientation: [1, 0, 0, 0.0998, 0.995, 0] }],
    ['no spacing', { spacing: { row: 0, column: 1 } }],
  ])('is not made of a slice with %s', async (_, made) => {
    expect((await refusal([slice(made)])).reason).toBe('unreadable_image');
  });

  it('is made of slices whose directions were rounded', async () => {
    const orientation = [0.707, 0.707, 0.001, -0.707, 0.708, 0] as const;
    expect((await assembled({ z: 0, orientation }, { z: 1, orientation })).volume.slices).toBe(2);
  });

  it('has limits, and names them', async () => {
    const slices = [0, 1, 2].map((z) => slice({ z }));
    expect((await refusal(slices, { maxFrames: 2, maxDecodedBytes: 1e9 })).limit).toBe('maxFrames: 2 slices');
    expect((await refusal(slices, { maxFrames: 9, maxDecodedBytes: 23 })).limit).toBe('maxDecodedBytes: 23 bytes');
    expect((await refusal([])).reason).toBe('unreadable_image');
  });

  it('is given up when its caller goes away', async () => {
    await expect(assembleVolume([slice()], undefined, AbortSignal.abort())).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('slices at one place', () => {
  it('count once where they are the same', async () => {
    const { volume, warnings } = await assembled({ z: 0 }, { z: 1, value: 9 }, { z: 0 });
    expect(volume.slices).toBe(2);
    expect(warnings).toEqual(['1 of 3 slices lie where another slice lies and were left out.']);
  });

  it('give way to the one of the latest acquisition', async () => {
    const { volume, sources, warnings } = await assembled(
      { z: 0, value: 1, acquisition: 1, input: 0 },
      { z: 1, value: 2, acquisition: 1, input: 1 },
      { z: 1, value: 3, acquisition: 2, input: 2 },
      { z: 2, value: 4, acquisition: 2, input: 3 },
    );
    expect([volume.samples[0], volume.samples[4], volume.samples[8]]).toEqual([1, 3, 4]);
    expect(sources.map(({ input }) => input)).toEqual([0, 2, 3]);
    expect(warnings.at(-1)).toBe('At 1 places slices of several acquisitions lie; the latest was taken.');
  });

  it('are refused where their acquisitions do not say which counts', async () => {
    const made = [{ z: 0 }, { z: 1, value: 2, acquisition: 1 }, { z: 1, value: 3, acquisition: 1 }];
    expect((await refusal(made.map(slice))).message).toContain('several time points, phases, echoes');
  });

  it('are refused where most places have several: a volume over time is no volume', async () => {
    const phase = (acquisition: number) => [0, 1, 2].map((z) => slice({ z, value: acquisition, acquisition }));
    expect((await refusal([...phase(1), ...phase(2)])).message).toContain('several time points');
  });

  it('are refused by the time points that their headers name', async () => {
    const point = (timePoint: number) => [0, 1].map((z) => slice({ z, value: timePoint, timePoint }));
    expect((await refusal([...point(1), ...point(2), ...point(3)])).message).toContain('3 time points');
  });
});
