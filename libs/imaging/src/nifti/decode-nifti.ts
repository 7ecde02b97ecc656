import type { ImageFacts, SliceSource, Volume } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { DecodeLimits } from '../limits';
import { tooLarge, unreadable } from '../refuse';
import { niftiGeometry } from './nifti-geometry';
import { readNiftiHeader, type NiftiHeader } from './nifti-header';
import { NIFTI_DATATYPES, readNiftiSamples } from './nifti-samples';
import { openGzip, peekGzip } from './open-gzip';

export interface NiftiLimits extends Pick<DecodeLimits, 'maxDecodedBytes'> {
  /** Samples of one volume. */
  readonly maxVoxels: number;
  readonly maxExpansionRatio?: number;
}

/** Room for header extensions and for what writers leave behind the samples. */
const SLACK_BYTES = 1024 ** 2;

/**
 * Reads one NIfTI-1 or NIfTI-2 volume, plain or in gzip. The header is checked before anything is allocated for what it claims.
 *
 * @throws ServingError `unreadable_image` for damage and contradictions, `too_large` for more than the limits or more than one
 *   volume, `unsupported_media` for a sample type that is not read (colour, complex, floats of 128 bits)
 */
export function decodeNifti(
  bytes: Buffer,
  limits: NiftiLimits,
): { readonly volume: Volume; readonly facts: ImageFacts; readonly slices: readonly SliceSource[] } {
  const header = readNiftiHeader(peekGzip(bytes));
  const [columns, rows, slices] = sizes(header);
  const voxels = columns * rows * slices;
  const stored = NIFTI_DATATYPES.get(header.datatype);
  if (stored === undefined) {
    throw new ServingError('unsupported_media', `NIfTI datatype ${String(header.datatype)} is not read here.`, {
      remedy: 'Convert the volume to integers of 8 to 64 bits, float32 or float64.',
    });
  }
  if (header.bitsPerSample !== stored.bytes * 8)
    throw unreadable('The NIfTI header contradicts itself: datatype and bitpix differ.');
  if (voxels > limits.maxVoxels)
    throw tooLarge('The volume has too many samples.', 'maxVoxels', limits.maxVoxels, 'samples');
  const size = voxels * Math.max(stored.bytes, stored.as === 'float32' ? 4 : 2);
  if (size > limits.maxDecodedBytes)
    throw tooLarge('The volume is too large.', 'maxDecodedBytes', limits.maxDecodedBytes, 'bytes');
  const offset = header.voxOffset;
  if (!Number.isInteger(offset) || offset < 348 || offset > SLACK_BYTES) {
    throw unreadable('The NIfTI header says that the samples begin at an impossible place.');
  }
  const end = offset + voxels * stored.bytes;
  const file = openGzip(bytes, end + SLACK_BYTES, limits.maxExpansionRatio ?? 1000);
  if (file.length < end) throw unreadable('The NIfTI file is cut short: it has fewer samples than its header says.');

  const { geometry, isReversed } = niftiGeometry(header, slices);
  const pixels = readNiftiSamples(
    file,
    { datatype: header.datatype, littleEndian: header.littleEndian, offset },
    { slices, area: rows * columns, isReversed },
    { slope: header.slope, intercept: header.intercept },
  );
  return {
    slices: Array.from({ length: slices }, (_, k) => ({ input: 0, frame: isReversed ? slices - k : k + 1 })),
    volume: { kind: 'volume', slices, rows, columns, ...pixels, geometry },
    facts: { container: 'nifti', dimensions: 3, width: columns, height: rows, depth: slices, channels: 1 },
  };
}

/** Columns, rows, slices. Products stay exact: each size is at most 2^15 in NIfTI-1, and checked in NIfTI-2. */
function sizes({ dim }: NiftiHeader): readonly [number, number, number] {
  const [axes = 0, ...all] = dim;
  if (axes < 2 || axes > 7) throw unreadable('The NIfTI header names an impossible number of axes.');
  const used = all.slice(0, axes);
  if (used.some((size) => size < 1)) throw unreadable('The NIfTI header names an axis without samples.');
  const volumes = used.slice(3).reduce((product, size) => product * size, 1);
  if (volumes !== 1) {
    throw new ServingError('too_large', 'The NIfTI file holds several volumes; one is taken at a time.', {
      limit: 'volumes: 1 volume',
      remedy: 'Send the volumes one by one, as three-dimensional files.',
    });
  }
  const [columns = 1, rows = 1, slices = 1] = used;
  return [columns, rows, slices];
}
