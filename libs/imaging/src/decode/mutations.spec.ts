import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { REASONS, ServingError } from '@medserve/errors';
import { decodeStudy } from './decode-study';
import { DECODE_LIMITS } from '../limits';

/** One file of each container, encoding and codec. */
const SEEDS = [
  'dicom/CT_small.dcm',
  'dicom/MR_small_implicit.dcm',
  'dicom/MR_small_bigendian.dcm',
  'dicom/MR_small_RLE.dcm',
  'dicom/MR_small_jp2klossless.dcm',
  'dicom/MR_small_jpeg_ls_lossless.dcm',
  'dicom/SC_rgb_jpeg_gdcm.dcm',
  'dicom/SC_rgb_jpeg_dcmtk.dcm',
  'dicom/SC_rgb_small_odd_jpeg.dcm',
  'dicom/SC_rgb_jls_lossy_line.dcm',
  'dicom/SC_rgb_gdcm_KY.dcm',
  'dicom/SC_rgb_rle_16bit_2frame.dcm',
  'dicom/SC_ybr_full_422_uncompressed.dcm',
  'dicom/JPEGLSNearLossless_16.dcm',
  'dicom/JPGExtended.dcm',
  'dicom/waveform_ecg.dcm',
  'dicom/image_dfl.dcm',
  'dicom/rtdose.dcm',
  'dicom/liver_1frame.dcm',
  'dicom/ExplVR_BigEnd.dcm',
  'dicom/nested_priv_SQ.dcm',
  'dicom/test-SR.dcm',
  'nifti/example_nifti2.nii.gz',
  'images/cell.png',
];
const MUTATIONS = 200;
/** What stops the loop on a busy machine; a decoder that hangs is stopped by Jest. */
const BUDGET_MS = 15_000;

/** Mulberry32: small, and the same on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Flips, overwrites, cuts, repeats or removes; headers are hit as often as all the rest. */
function mutate(seed: Buffer, random: () => number): Buffer {
  const below = (end: number): number => Math.floor(random() * end);
  const place = (): number => below(random() < 0.5 ? Math.min(seed.length, 2048) : seed.length);
  const bytes = Buffer.from(seed);
  for (let count = 1 + below(4); count > 0; count -= 1) {
    const at = place();
    const length = Math.min(1 + below(8), bytes.length - at);
    switch (below(5)) {
      case 0:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
        break;
      case 1:
        bytes.fill(random() < 0.5 ? 0xff : below(256), at, at + length);
        break;
      case 2:
        return bytes.subarray(0, at);
      case 3:
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + length * 16), bytes.subarray(at)]);
      default:
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    }
  }
  return bytes;
}

const FOLDER = resolve(__dirname, '../../../../../shared/data');
const seeds = SEEDS.map((name) => join(FOLDER, name)).filter((path) => existsSync(path));
const PIXELS = { ...DECODE_LIMITS, maxPixels: 4 * 1024 ** 2, maxDecodedBytes: 64 * 1024 ** 2 };

if (!existsSync(FOLDER)) {
  it.skip('the seeds are in ../shared/data, which this clone does not have', () => undefined);
} else {
  it('whatever is done to a file, it decodes or is refused with a reason', async () => {
    const files = seeds.map((path) => readFileSync(path));
    const outcomes = new Map<string, number>();
    const until = Date.now() + BUDGET_MS;
    for (let round = 0; round < MUTATIONS && Date.now() < until; round += 1) {
      for (const [index, seed] of files.entries()) {
        const outcome = await outcomeOf(
          mutate(seed, randomFrom(round * files.length + index)),
          `${SEEDS[index] ?? ''} #${String(round)}`,
        );
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    }
    expect([...outcomes.keys()].filter((outcome) => outcome !== 'decoded' && !(outcome in REASONS))).toEqual([]);
    // Both must have happened, or the mutations test nothing.
    expect(outcomes.get('decoded')).toBeGreaterThan(20);
    expect(outcomes.get('unreadable_image')).toBeGreaterThan(20);
  }, 60_000);
}

async function outcomeOf(bytes: Buffer, name: string): Promise<string> {
  try {
    await decodeStudy([{ bytes, mediaType: 'application/dicom' }], PIXELS);
    return 'decoded';
  } catch (error) {
    if (error instanceof ServingError && error.reason !== 'internal') return error.reason;
    return `${name}: ${String(error)}`;
  }
}
