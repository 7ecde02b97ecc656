import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Decoded } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { DECODE_LIMITS } from '../limits';
import { decodeDicom } from './decode-dicom';
import fixture from './samples.fixture.json';

/**
 * What each sample file must come to. The figures of `samples.fixture.json` are pydicom's (`tools/fixtures/dicom-pixels.py`):
 * `exact` samples have the same hash, `lossy` ones differ as inverse transforms may, `wide` ones by float32 rounding.
 */
const READ: Readonly<Record<string, readonly ['exact' | 'lossy' | 'wide', string]>> = {
  '693_J2KI.dcm': ['exact', '512x512 int16 1'],
  'CT_small.dcm': ['exact', '128x128 int16 1'],
  'ExplVR_BigEnd.dcm': ['exact', '80x60 uint8 3'],
  'GDCMJ2K_TextGBR.dcm': ['exact', '400x400 uint8 3'],
  'J2K_pixelrep_mismatch.dcm': ['exact', '512x512 int16 1'],
  'JPEG2000.dcm': ['exact', '256x1024 int16 1'],
  'JPEGLSNearLossless_08.dcm': ['exact', '10x45 uint8 1'],
  'JPEGLSNearLossless_16.dcm': ['exact', '10x50 uint16 1'],
  'JPGExtended.dcm': ['lossy', '256x1024 uint16 1'],
  'MR_small.dcm': ['exact', '64x64 int16 1'],
  'MR_small_RLE.dcm': ['exact', '64x64 int16 1'],
  'MR_small_bigendian.dcm': ['exact', '64x64 int16 1'],
  'MR_small_expb.dcm': ['exact', '64x64 int16 1'],
  'MR_small_implicit.dcm': ['exact', '64x64 int16 1'],
  'MR_small_jp2klossless.dcm': ['exact', '64x64 int16 1'],
  'MR_small_jpeg_ls_lossless.dcm': ['exact', '64x64 int16 1'],
  'MR_small_padded.dcm': ['exact', '64x64 int16 1'],
  'SC_jpeg_no_color_transform.dcm': ['lossy', '256x256 uint8 3'],
  'SC_jpeg_no_color_transform_2.dcm': ['lossy', '256x256 uint8 3'],
  'SC_rgb_dcmtk_+eb+cr.dcm': ['lossy', '100x100 uint8 3'],
  'SC_rgb_dcmtk_+eb+cy+n1.dcm': ['lossy', '100x100 uint8 3'],
  'SC_rgb_dcmtk_+eb+cy+n2.dcm': ['lossy', '100x100 uint8 3'],
  'SC_rgb_dcmtk_+eb+cy+np.dcm': ['lossy', '100x100 uint8 3'],
  'SC_rgb_dcmtk_+eb+cy+s2.dcm': ['lossy', '100x100 uint8 3'],
  'SC_rgb_dcmtk_+eb+cy+s4.dcm': ['lossy', '100x100 uint8 3'],
  'SC_rgb_gdcm_KY.dcm': ['exact', '100x100 uint8 3'],
  'SC_rgb_jls_lossy_line.dcm': ['exact', '100x100 uint8 3'],
  'SC_rgb_jls_lossy_sample.dcm': ['exact', '100x100 uint8 3'],
  'SC_rgb_jpeg.dcm': ['lossy', '256x256 uint8 3'],
  'SC_rgb_jpeg_app14_dcmd.dcm': ['lossy', '256x256 uint8 3'],
  'SC_rgb_jpeg_dcmd.dcm': ['exact', '256x256 uint8 3'],
  'SC_rgb_jpeg_dcmtk.dcm': ['lossy', '100x100 uint8 3'],
  'SC_rgb_jpeg_gdcm.dcm': ['exact', '100x100 uint8 3'],
  'SC_rgb_jpeg_lossy_gdcm.dcm': ['lossy', '100x100 uint8 3'],
  'SC_rgb_rle.dcm': ['exact', '100x100 uint8 3'],
  'SC_rgb_rle_16bit.dcm': ['exact', '100x100 uint16 3'],
  'SC_rgb_rle_16bit_2frame.dcm': ['exact', '100x100 uint16 3'],
  'SC_rgb_rle_2frame.dcm': ['exact', '100x100 uint8 3'],
  'SC_rgb_rle_32bit.dcm': ['wide', '100x100 float32 3'],
  'SC_rgb_rle_32bit_2frame.dcm': ['wide', '100x100 float32 3'],
  'SC_rgb_small_odd.dcm': ['exact', '3x3 uint8 3'],
  'SC_rgb_small_odd_big_endian.dcm': ['exact', '3x3 uint8 3'],
  'SC_rgb_small_odd_jpeg.dcm': ['lossy', '3x3 uint8 3'],
  'SC_ybr_full_422_uncompressed.dcm': ['exact', '100x100 uint8 3'],
  'examples_jpeg2k.dcm': ['exact', '640x480 uint8 3'],
  'examples_overlay.dcm': ['exact', '484x300 uint16 1'],
  'examples_palette.dcm': ['exact', '800x350 uint8 3'],
  'examples_rgb_color.dcm': ['exact', '320x240 uint8 3'],
  'examples_ybr_color.dcm': ['lossy', '320x240 uint8 3'],
  'image_dfl.dcm': ['exact', '512x512 uint8 1'],
  'liver_1frame.dcm': ['exact', '512x512 uint8 1'],
  'liver_expb_1frame.dcm': ['exact', '512x512 uint8 1'],
  'rtdose.dcm': ['exact', '10x10 float32 1'],
  'rtdose_1frame.dcm': ['exact', '10x10 float32 1'],
  'rtdose_expb.dcm': ['exact', '10x10 float32 1'],
  'rtdose_expb_1frame.dcm': ['exact', '10x10 float32 1'],
  'rtdose_rle.dcm': ['exact', '10x10 float32 1'],
  'rtdose_rle_1frame.dcm': ['exact', '10x10 float32 1'],
};

const NO_PIXELS = /has no pixel data/;
const REFUSED: Readonly<Record<string, readonly [string, RegExp]>> = {
  'ExplVR_BigEndNoMeta.dcm': ['unreadable_image', NO_PIXELS],
  'ExplVR_LitEndNoMeta.dcm': ['unreadable_image', NO_PIXELS],
  'JPEG2000-embedded-sequence-delimiter.dcm': ['unreadable_image', /JPEG 2000/],
  'MR_truncated.dcm': ['unreadable_image', /cut short/],
  'UN_sequence.dcm': ['unreadable_image', NO_PIXELS],
  'badVR.dcm': ['unreadable_image', /number of frames/],
  'empty_charset_LEI.dcm': ['unreadable_image', NO_PIXELS],
  'meta_missing_tsyntax.dcm': ['unreadable_image', /rows and columns/],
  'nested_priv_SQ.dcm': ['unreadable_image', /rows and columns/],
  // A stray byte stands before its first element.
  'no_meta.dcm': ['unreadable_image', /no data set/],
  'no_meta_group_length.dcm': ['unreadable_image', NO_PIXELS],
  'priv_SQ.dcm': ['unreadable_image', NO_PIXELS],
  'reportsi.dcm': ['unreadable_image', NO_PIXELS],
  'reportsi_with_empty_number_tags.dcm': ['unreadable_image', NO_PIXELS],
  'rtplan.dcm': ['unreadable_image', NO_PIXELS],
  'rtplan_truncated.dcm': ['unreadable_image', /cut short/],
  'rtstruct.dcm': ['unreadable_image', NO_PIXELS],
  'test-SR.dcm': ['unreadable_image', NO_PIXELS],
  'waveform_ecg.dcm': ['unreadable_image', /12 channels, 10.0 s at 1000 samples a second/],
};

interface Figures {
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly probes: readonly number[];
  readonly sha256: string;
}

const FOLDER = resolve(__dirname, '../../../../../shared/data/dicom');
const hasSamples = existsSync(FOLDER);
const decodeSample = (name: string) => decodeDicom(readFileSync(join(FOLDER, name)), DECODE_LIMITS);

function figuresOf(decoded: Decoded): Figures {
  const samples = decoded.samples as Float32Array;
  return {
    min: samples.reduce((least, sample) => Math.min(least, sample), Infinity),
    max: samples.reduce((most, sample) => Math.max(most, sample), -Infinity),
    sum: samples.reduce((total, sample) => total + sample, 0),
    probes: Array.from({ length: 7 }, (_, share) => samples[Math.floor((share * (samples.length - 1)) / 6)] ?? NaN),
    sha256: createHash('sha256')
      .update(Uint32Array.from(samples, (sample) => sample >>> 0))
      .digest('hex'),
  };
}

if (!hasSamples) {
  it.skip('the DICOM samples are in ../shared/data/dicom, which this clone does not have', () => undefined);
} else {
  describe('the DICOM samples', () => {
    it.each(Object.entries(READ))('%s decodes to what pydicom reads', async (name, [likeness, form]) => {
      const { decoded } = await decodeSample(name);
      if (decoded.kind !== 'picture') throw new Error('not a picture');
      const { width, height, sampleType, channels, samples } = decoded;
      expect([`${String(width)}x${String(height)}`, sampleType, channels].join(' ')).toBe(form);
      const expected = (fixture as unknown as Record<string, Figures>)[name];
      if (expected === undefined) throw new Error('no figures of the sample');
      const found = figuresOf(decoded);
      if (likeness === 'exact') {
        expect(found).toEqual(expect.objectContaining({ sha256: expected.sha256, sum: expected.sum }));
        return;
      }
      const tolerance = likeness === 'lossy' ? 3 : expected.max * 2 ** -24;
      expect(Math.abs(found.sum - expected.sum) / samples.length).toBeLessThanOrEqual(
        likeness === 'lossy' ? 0.1 : tolerance,
      );
      found.probes.forEach((probe, index) => {
        expect(Math.abs(probe - (expected.probes[index] ?? NaN))).toBeLessThanOrEqual(tolerance);
      });
    });

    it.each(Object.entries(REFUSED))('%s is refused for its own reason', async (name, [reason, detail]) => {
      const error: unknown = await decodeSample(name).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ServingError);
      expect(error).toMatchObject({ reason, message: expect.stringMatching(detail) as unknown });
    });
  });

  it('a report is refused with what helps: it is whole, and will never be an image', async () => {
    await expect(decodeSample('test-SR.dcm')).rejects.toMatchObject({
      reason: 'unreadable_image',
      remedy: 'Send an object of the study that is an image.',
    });
  });

  it('a CT slice cut anywhere is unreadable', async () => {
    const whole = readFileSync(join(FOLDER, 'CT_small.dcm'));
    for (const length of [132, 200, 1000, 5000, 20_000, whole.length - 200]) {
      await expect(decodeDicom(whole.subarray(0, length), DECODE_LIMITS)).rejects.toMatchObject({
        reason: 'unreadable_image',
      });
    }
  });

  it('the facts of a file are what routing needs, and nothing about the patient', async () => {
    const { facts, decoded } = await decodeSample('CT_small.dcm');
    expect(facts).toEqual({
      container: 'dicom',
      dimensions: 2,
      width: 128,
      height: 128,
      depth: 1,
      channels: 1,
      dicom: {
        modality: 'CT',
        sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
        scanner: 'ge:other',
        photometricInterpretation: 'MONOCHROME2',
        transferSyntaxUid: '1.2.840.10008.1.2.1',
      },
    });
    expect(decoded).toMatchObject({
      rescale: { slope: 1, intercept: -1024, unit: 'HU' },
      spacingMm: { row: 0.661468, column: 0.661468 },
    });
  });

  it('the middle frame stands for frames without positions, with a warning', async () => {
    const { decoded, facts, warnings } = await decodeSample('rtdose.dcm');
    expect(decoded.kind).toBe('picture');
    expect(facts).toMatchObject({ dimensions: 2, depth: 15 });
    expect(warnings).toEqual([expect.stringMatching(/^Frame 8 of 15/)]);
  });
}
