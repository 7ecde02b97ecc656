import { createHash } from 'node:crypto';
import {
  sampleStatistics,
  type Decoded,
  type ImageFacts,
  type PatientIdentity,
  type SampleStatistics,
} from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { decodeDicom, decodeSlice } from '../dicom/decode-dicom';
import { isSamePatient } from '../dicom/patient-identity';
import { decodeNifti } from '../nifti/decode-nifti';
import { decodeRaster } from '../raster/decode-raster';
import { assembleVolume } from '../volume/assemble-volume';
import type { SliceInput } from '../volume/slice-input';
import { identify, type Container } from './identify';
import type { DecodeLimits } from './limits';
import { asUnreadable, tooLarge, unreadable } from './refuse';

export interface InputFile {
  readonly bytes: Buffer;
  /** As the sender declared it; the bytes have the last word. */
  readonly mediaType?: string | undefined;
}

/** What stands in the record about a file that was sent. */
export interface DecodedInput {
  /** SHA-256 of the bytes as they came, in lower-case hex. */
  readonly sha256: string;
  readonly kind: Container;
  readonly bytes: number;
}

export interface DecodedStudy {
  readonly decoded: Decoded;
  readonly facts: ImageFacts;
  /** Absent where no pixel is a number. */
  readonly statistics?: SampleStatistics;
  /** Whom the input shows, where it says so: DICOM objects do. */
  readonly identity?: PatientIdentity;
  /** One entry a file, in sending order, duplicates too. */
  readonly inputs: readonly DecodedInput[];
  readonly warnings: readonly string[];
}

interface Content {
  readonly decoded: Decoded;
  readonly facts: ImageFacts;
  readonly identity?: PatientIdentity;
  readonly warnings: readonly string[];
}

/**
 * Decodes what one request sent: one file to a picture or volume, several DICOM files of one series to one volume.
 *
 * @throws ServingError `unsupported_media`, `unreadable_image`, `unsupported_transfer_syntax`, `mixed_series`, `too_large` or
 *   `cancelled`; nothing else, whatever the bytes are
 */
export async function decodeStudy(
  files: readonly InputFile[],
  limits: DecodeLimits,
  signal?: AbortSignal,
): Promise<DecodedStudy> {
  if (files.length === 0) throw unreadable('No file was sent.');
  if (files.length > limits.maxFiles)
    throw tooLarge(`${String(files.length)} files were sent.`, 'files', limits.maxFiles, 'files');
  try {
    const kinds = files.map(({ bytes, mediaType }) => identify(bytes, mediaType));
    const inputs = files.map(({ bytes }, index) => describe(bytes, kinds[index] as Container));
    const unique = withoutDuplicates(files, inputs);
    const { warnings, ...content } = await decodeAll(unique, kinds, limits, signal);
    const dropped = files.length - unique.length;
    const notes =
      dropped === 0
        ? []
        : [`${String(dropped)} of ${String(files.length)} files repeat another file byte by byte and were left out.`];
    const statistics = sampleStatistics(content.decoded);
    return {
      ...content,
      ...(statistics === undefined ? {} : { statistics }),
      inputs,
      warnings: [...notes, ...warnings],
    };
  } catch (error) {
    if (signal?.aborted === true) throw new ServingError('cancelled', 'The request was cancelled.', { cause: error });
    throw asUnreadable(error, 'The image is damaged in a way that its decoder does not name.');
  }
}

const describe = (bytes: Buffer, kind: Container): DecodedInput => ({
  sha256: createHash('sha256').update(bytes).digest('hex'),
  kind,
  bytes: bytes.length,
});

function withoutDuplicates(files: readonly InputFile[], inputs: readonly DecodedInput[]): InputFile[] {
  const seen = new Set<string>();
  return files.filter((_, index) => {
    const { sha256 } = inputs[index] as DecodedInput;
    return !seen.has(sha256) && seen.add(sha256);
  });
}

async function decodeAll(
  files: readonly InputFile[],
  kinds: readonly Container[],
  limits: DecodeLimits,
  signal: AbortSignal | undefined,
): Promise<Content> {
  const [only] = files;
  if (files.length === 1 && only !== undefined) return decodeOne(only.bytes, kinds[0] as Container, limits, signal);
  if (kinds.some((kind) => kind !== 'dicom')) {
    throw new ServingError(
      'mixed_series',
      'Several files form one input only when all are DICOM objects of one series.',
    );
  }
  return decodeSeries(files, limits, signal);
}

async function decodeOne(
  bytes: Buffer,
  kind: Container,
  limits: DecodeLimits,
  signal: AbortSignal | undefined,
): Promise<Content> {
  switch (kind) {
    case 'dicom':
      return decodeDicom(bytes, limits, signal);
    case 'nifti': {
      const { volume, facts } = decodeNifti(bytes, {
        maxVoxels: limits.maxVoxels,
        maxDecodedBytes: limits.maxDecodedBytes,
      });
      return { decoded: volume, facts, warnings: [] };
    }
    case 'png':
    case 'jpeg': {
      const picture = await decodeRaster(bytes, kind, limits);
      const { width, height, channels } = picture;
      return {
        decoded: picture,
        facts: { container: 'raster', dimensions: 2, width, height, depth: 1, channels },
        warnings: [],
      };
    }
  }
}

/** Several objects: each one slice with a place in the patient, all of one series. */
async function decodeSeries(
  files: readonly InputFile[],
  limits: DecodeLimits,
  signal: AbortSignal | undefined,
): Promise<Content> {
  const slices: SliceInput[] = [];
  let facts: ImageFacts | undefined;
  let identity: PatientIdentity = {};
  let taken = 0;
  for (const { bytes } of files) {
    signal?.throwIfAborted();
    const found = await decodeSlice(bytes, taken, limits);
    if (found.slice === undefined) {
      throw new ServingError(
        'mixed_series',
        found.frames > 1
          ? 'A multi-frame object was sent together with other files.'
          : 'A file does not say where its slice lies, so the files do not form a volume.',
      );
    }
    facts ??= found.facts;
    if (!isSamePatient(identity, found.identity)) {
      throw new ServingError('mixed_series', 'The files name different patients.');
    }
    identity = { ...found.identity, ...identity };
    slices.push(found.slice);
    taken += found.slice.picture.samples.byteLength;
  }
  const volume = assembleVolume(slices, limits);
  if (facts === undefined) throw unreadable('No file was sent.');
  const lost = slices.length - volume.slices;
  return {
    decoded: volume,
    identity,
    facts: { ...facts, dimensions: 3, depth: volume.slices, width: volume.columns, height: volume.rows, channels: 1 },
    warnings:
      lost === 0
        ? []
        : [`${String(lost)} of ${String(slices.length)} slices lie where another slice lies and were left out.`],
  };
}
