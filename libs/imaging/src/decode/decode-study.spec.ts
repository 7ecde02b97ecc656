import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { dicomFile, image, words, type DicomItem } from '@medserve/testkit';
import { decodeStudy } from './decode-study';
import { identify } from './identify';
import { DECODE_LIMITS } from '../limits';

const study = (...files: Buffer[]) =>
  decodeStudy(
    files.map((bytes) => ({ bytes })),
    DECODE_LIMITS,
  );

const slice = (z: number, more: DicomItem = {}): Buffer =>
  dicomFile(
    image(1, 2, {
      0x00200032: ['DS', [0, 0, z]],
      0x00200037: ['DS', [1, 0, 0, 0, 1, 0]],
      0x00280030: ['DS', [1, 1]],
      0x7fe00010: ['OW', words(z, z + 1)],
      ...more,
    }),
  );

describe('what a file is', () => {
  it.each([
    ['text', Buffer.from('hello'), 'text/plain'],
    ['text that is declared as an image', Buffer.from('hello, this is not an image'), 'image/png'],
    ['a PDF', Buffer.from('%PDF-1.7\n'), undefined],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml'],
    ['HTML', Buffer.from('<!doctype html>'), undefined],
    ['GIF', Buffer.from('GIF89a'), undefined],
    ['zeros', Buffer.alloc(1000), 'application/dicom'],
  ])('%s is no image that is read', (_, bytes, mediaType) => {
    expect(() => identify(bytes, mediaType)).toThrow(expect.objectContaining({ reason: 'unsupported_media' }) as Error);
  });

  it('an empty body is an image that cannot be read', () => {
    expect(() => identify(Buffer.alloc(0), 'image/png')).toThrow(
      expect.objectContaining({ reason: 'unreadable_image' }) as Error,
    );
  });

  it.each([
    ['classic TIFF', '49492a00'],
    ['big-endian TIFF', '4d4d002a'],
    ['BigTIFF', '49492b00'],
  ])('%s is known by its first bytes', (_, magic) => {
    expect(identify(Buffer.concat([Buffer.from(magic, 'hex'), Buffer.alloc(8)]))).toBe('tiff');
  });

  it('the bytes have the last word over the declared type', () => {
    expect(identify(slice(0), 'image/png')).toBe('dicom');
  });
});

describe('several files', () => {
  it('of one series are one volume, whatever order they come in', async () => {
    const { decoded, facts, inputs, warnings } = await study(slice(4), slice(0), slice(2));
    expect([...decoded.samples]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(facts).toMatchObject({ container: 'dicom', dimensions: 3, depth: 3, dicom: { modality: 'MR' } });
    expect(inputs).toHaveLength(3);
    expect(warnings).toEqual([]);
  });

  it('of which one was sent twice count it once, and say so', async () => {
    const { decoded, inputs, warnings } = await study(slice(0), slice(2), slice(0));
    expect(decoded).toMatchObject({ kind: 'volume', slices: 2 });
    expect(inputs.map(({ kind }) => kind)).toEqual(['dicom', 'dicom', 'dicom']);
    expect(inputs[0]?.sha256).toBe(inputs[2]?.sha256);
    expect(warnings).toEqual([expect.stringMatching(/^1 of 3 files repeat/)]);
  });

  it('keep Hounsfield units that are displayed with air white, and turn what has no unit', async () => {
    const shownInverse: DicomItem = {
      0x00280004: ['CS', 'MONOCHROME1'],
      0x00281052: ['DS', -1000],
      0x00281053: ['DS', 1],
    };
    const ct: DicomItem = { ...shownInverse, 0x00080060: ['CS', 'CT'] };
    const measured = await study(slice(0, ct), slice(2, ct));
    expect(measured.decoded).toMatchObject({ rescale: { slope: 1, intercept: -1000, unit: 'HU' } });
    expect([...measured.decoded.samples]).toEqual([0, 1, 2, 3]);
    expect(measured.isInverted).toBe(true);
    const { decoded, ...turned } = await study(slice(0, shownInverse), slice(2, shownInverse));
    expect([...decoded.samples]).toEqual([65_535, 65_534, 65_533, 65_532]);
    expect(decoded.rescale).not.toHaveProperty('unit');
    expect(turned).not.toHaveProperty('isInverted');
  });

  describe('with several frames each', () => {
    const U32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
    /** Frames from one of an image on, each with a place of its own; two samples a frame, which say where it lies. */
    const frames = (places: readonly number[], more: DicomItem = {}): Buffer =>
      dicomFile(
        image(1, 2, {
          0x00280008: ['IS', places.length],
          0x52009229: [
            'SQ',
            [
              {
                0x00209116: ['SQ', [{ 0x00200037: ['DS', [1, 0, 0, 0, 1, 0]] }]],
                0x00289110: ['SQ', [{ 0x00280030: ['DS', [1, 1]] }]],
              },
            ],
          ],
          0x52009230: ['SQ', places.map((z) => ({ 0x00209113: ['SQ', [{ 0x00200032: ['DS', [0, 0, z]] }]] }))],
          0x7fe00010: ['OW', words(...places.flatMap((z) => [z, z + 1]))],
          ...more,
        }),
      );
    const part = (number: number, offset: number, ...places: readonly number[]): Buffer =>
      frames(places, {
        0x00209161: ['UI', '1.2.3.4.5'],
        0x00209162: ['US', number],
        0x00209163: ['US', 3],
        0x00209228: ['UL', U32(offset)],
      });

    it('are one volume of all frames, as an image is that was split into them (a concatenation)', async () => {
      const whole = await study(frames([0, 2, 4, 6, 8]));
      const { decoded, slices, facts, warnings } = await study(part(2, 2, 4, 6), part(3, 4, 8), part(1, 0, 0, 2));
      expect(decoded).toEqual(whole.decoded);
      expect(facts).toEqual(whole.facts);
      expect(slices).toEqual([
        { input: 2, frame: 1 },
        { input: 2, frame: 2 },
        { input: 0, frame: 1 },
        { input: 0, frame: 2 },
        { input: 1 },
      ]);
      expect(warnings).toEqual([]);
    });

    it('tell what is missing of a concatenation', async () => {
      const alone = await study(part(1, 0, 0, 2));
      expect(alone.decoded).toMatchObject({ kind: 'volume', slices: 2 });
      expect(alone.warnings).toEqual([expect.stringMatching(/concatenation.* 1 of 3 came/)]);
      const some = await study(part(1, 0, 0, 2), part(3, 4, 8));
      expect(some.warnings).toEqual([expect.stringMatching(/concatenation.* 2 of 3 came/)]);
    });

    it('are refused where frames of two lie at one place, or do not say where', async () => {
      const other: DicomItem = { 0x7fe00010: ['OW', words(7, 7, 7, 7)] };
      await expect(study(frames([0, 2]), frames([0, 2], other))).rejects.toMatchObject({ reason: 'mixed_series' });
      const loop = dicomFile(image(1, 2, { 0x00280008: ['IS', 2], 0x7fe00010: ['OW', words(1, 2, 3, 4)] }));
      await expect(study(frames([0, 2]), loop)).rejects.toMatchObject({
        reason: 'mixed_series',
        message: expect.stringMatching(/multi-frame object whose frames/) as string,
      });
    });
  });

  it('have no view: that is of one', async () => {
    const files = [slice(0), slice(1)].map((bytes) => ({ bytes, view: { frame: 1 } }));
    await expect(decodeStudy(files, DECODE_LIMITS)).rejects.toMatchObject({
      reason: 'invalid_request',
      field: 'parameters.view',
    });
  });

  it('say of each slice which file it is, counted as they were sent', async () => {
    const { slices } = await study(slice(2), slice(0), slice(2), slice(1));
    expect(slices).toEqual([{ input: 1 }, { input: 3 }, { input: 0 }]);
  });

  it('of two series do not form one input', async () => {
    await expect(study(slice(0), slice(2, { 0x0020000e: ['UI', '9.9'] }))).rejects.toMatchObject({
      reason: 'mixed_series',
    });
  });

  it('without positions do not form one input', async () => {
    const flat = (value: number): Buffer => dicomFile(image(1, 1, { 0x7fe00010: ['OW', words(value)] }));
    await expect(study(flat(1), flat(2))).rejects.toMatchObject({ reason: 'mixed_series' });
  });

  it('beyond the limit are refused', async () => {
    const files = Array.from({ length: 3 }, (_, z) => ({ bytes: slice(z) }));
    await expect(decodeStudy(files, { ...DECODE_LIMITS, maxFiles: 2 })).rejects.toMatchObject({
      reason: 'too_large',
      limit: 'files: 2 files',
    });
    await expect(decodeStudy(files, { ...DECODE_LIMITS, maxDecodedBytes: 8 })).rejects.toMatchObject({
      reason: 'too_large',
    });
  });
});

const SERIES = resolve(__dirname, '../../../../../shared/data/dicom-series/head-ct-ge');
if (existsSync(SERIES)) {
  it('the head CT is one volume with a place for each slice', async () => {
    const files = readdirSync(SERIES)
      .filter((name) => name.endsWith('.dcm'))
      .map((name) => readFileSync(join(SERIES, name)));
    const { decoded, facts } = await study(...files);
    expect(facts).toMatchObject({
      dimensions: 3,
      width: 512,
      height: 512,
      depth: files.length,
      dicom: { modality: 'CT' },
    });
    expect(decoded).toMatchObject({ kind: 'volume', rescale: { unit: 'HU' }, sampleType: 'int16' });
  });
} else {
  it.skip('the head CT is in ../shared/data/dicom-series, which this clone does not have', () => undefined);
}

it('a study whose caller went away is cancelled', async () => {
  const files = [slice(0), slice(1)].map((bytes) => ({ bytes }));
  await expect(decodeStudy(files, DECODE_LIMITS, AbortSignal.abort())).rejects.toMatchObject({ reason: 'cancelled' });
});
