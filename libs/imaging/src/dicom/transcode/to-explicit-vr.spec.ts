import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { dicomFile, image, words } from '@medserve/testkit';
import { DECODE_LIMITS } from '../../limits';
import { toDicomJson } from '../json/to-dicom-json';
import { openWhole } from '../open-dicom';
import { TAG } from '../tags';
import { takeBulk } from '../web/take-bulk';
import { takeFrames } from './take-frames';
import { toExplicitVr, toImplicitVr } from './to-explicit-vr';

const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
const FOLDER = resolve(__dirname, '../../../../../../shared/data/dicom');

const pixelsOf = (file: Buffer): Buffer => {
  const { dataSet } = openWhole(file, DECODE_LIMITS);
  const element = dataSet.elements.get(TAG.pixelData);
  if (element === undefined) throw new Error('no pixel data');
  return dataSet.value(element);
};

if (existsSync(FOLDER)) {
  const sample = (name: string): Buffer => readFileSync(join(FOLDER, name));

  describe('a real file in explicit VR little endian', () => {
    it.each([
      ['RLE', 'MR_small_RLE.dcm'],
      ['JPEG-LS', 'MR_small_jpeg_ls_lossless.dcm'],
      ['JPEG 2000', 'MR_small_jp2klossless.dcm'],
      ['implicit VR', 'MR_small_implicit.dcm'],
      ['big endian', 'MR_small_bigendian.dcm'],
    ])('has the pixels of its %s sister, and every element of it', async (_what, name) => {
      const made = await toExplicitVr(sample(name), DECODE_LIMITS);
      const { dataSet, transferSyntax } = openWhole(made, DECODE_LIMITS);
      expect(transferSyntax.uid).toBe(EXPLICIT_VR_LITTLE_ENDIAN);
      expect(pixelsOf(made).equals(pixelsOf(sample('MR_small.dcm')))).toBe(true);
      const stored = [...openWhole(sample(name), DECODE_LIMITS).dataSet.elements.keys()];
      const content = stored.filter((tag) => (tag & 0xffff) !== 0 && tag !== 0xfffcfffc);
      expect([...dataSet.elements.keys()].sort()).toEqual(content.sort());
    });

    it('is in implicit VR where that is asked for, with the same values', async () => {
      for (const name of ['MR_small.dcm', 'MR_small_jpeg_ls_lossless.dcm', 'reportsi.dcm', 'rtplan.dcm']) {
        const made = openWhole(await toImplicitVr(sample(name), DECODE_LIMITS), DECODE_LIMITS);
        expect(made.transferSyntax.uid).toBe('1.2.840.10008.1.2');
        const options = { bulkUri: (path: string) => path, inlineBytes: 1024 };
        const explicit = openWhole(await toExplicitVr(sample(name), DECODE_LIMITS), DECODE_LIMITS).dataSet;
        const spelled = JSON.stringify(toDicomJson(made.dataSet, options));
        expect(spelled.length).toBe(JSON.stringify(toDicomJson(explicit, options)).length);
      }
    });

    it('says of decoded colour what it is now', async () => {
      const { dataSet } = openWhole(await toExplicitVr(sample('SC_rgb_jpeg_dcmtk.dcm'), DECODE_LIMITS), DECODE_LIMITS);
      expect(dataSet.text(TAG.photometricInterpretation)).toBe('RGB');
      expect(dataSet.uint16(TAG.planarConfiguration)).toBe(0);
    });

    it.each(['rtdose.dcm', 'rtdose_1frame.dcm'])('keeps cells of 32 bits whole: %s', async (name) => {
      const wanted = pixelsOf(sample(name));
      const made = await toExplicitVr(sample(name.replace('rtdose', 'rtdose_expb')), DECODE_LIMITS);
      expect(pixelsOf(made).equals(wanted)).toBe(true);
      const value = await takeBulk(sample(name.replace('rtdose', 'rtdose_expb')), '7FE00010', DECODE_LIMITS);
      expect(Buffer.from(value).equals(wanted)).toBe(true);
    });

    it('says which bits hold the samples, where a codestream has others than its header says', async () => {
      const file = sample('693_J2KI.dcm');
      const { dataSet } = openWhole(file, DECODE_LIMITS);
      expect([TAG.bitsStored, TAG.highBit].map((tag) => dataSet.uint16(tag))).toEqual([14, 13]);
      const made = openWhole(await toExplicitVr(file, DECODE_LIMITS), DECODE_LIMITS).dataSet;
      expect([TAG.bitsStored, TAG.highBit].map((tag) => made.uint16(tag))).toEqual([16, 15]);
    });

    it('has all frames', async () => {
      const made = await toExplicitVr(sample('SC_rgb_rle_2frame.dcm'), DECODE_LIMITS);
      expect(pixelsOf(made)).toHaveLength(2 * 100 * 100 * 3);
    });

    it('leaves codestreams as they are where they are asked for so', async () => {
      const file = sample('MR_small_jpeg_ls_lossless.dcm');
      const [coded] = await takeFrames(file, [1], true, DECODE_LIMITS);
      expect(file.includes(Buffer.from(coded ?? []))).toBe(true);
      const [decoded] = await takeFrames(file, [1], false, DECODE_LIMITS);
      expect(Buffer.from(decoded ?? []).equals(pixelsOf(sample('MR_small.dcm')))).toBe(true);
    });

    it('is refused where its codestream is cut short', async () => {
      const file = sample('MR_small_jpeg_ls_lossless.dcm');
      const cut = Buffer.concat([file.subarray(0, file.length - 3_000), Buffer.alloc(3_000)]);
      await expect(toExplicitVr(cut, DECODE_LIMITS)).rejects.toMatchObject({ reason: 'unreadable_image' });
    });
  });
} else {
  it.skip('the DICOM samples are in ../shared/data/dicom, which this clone does not have', () => undefined);
}

describe('frames of an image', () => {
  const file = dicomFile(
    image(1, 2, { [TAG.numberOfFrames]: ['IS', '3'], [TAG.pixelData]: ['OW', words(1, 2, 3, 4, 5, 6)] }),
  );

  it('come in the order in which they are asked for', async () => {
    const frames = await takeFrames(file, [3, 1], false, DECODE_LIMITS);
    expect(frames.map((frame) => [...frame])).toEqual([
      [5, 0, 6, 0],
      [1, 0, 2, 0],
    ]);
  });

  it('are unknown behind the last', async () => {
    await expect(takeFrames(file, [4], false, DECODE_LIMITS)).rejects.toMatchObject({ reason: 'not_found' });
  });

  it('begin with a byte of their own where a pixel is one bit', async () => {
    const bits = { [TAG.bitsAllocated]: ['US', 1], [TAG.bitsStored]: ['US', 1], [TAG.highBit]: ['US', 0] } as const;
    const binary = dicomFile(
      image(1, 3, { ...bits, [TAG.numberOfFrames]: ['IS', '2'], [TAG.pixelData]: ['OB', Buffer.from([0b101011, 0])] }),
    );
    const frames = await takeFrames(binary, 'all', false, DECODE_LIMITS);
    expect(frames.map((frame) => [...frame])).toEqual([[0b011], [0b101]]);
  });
});
