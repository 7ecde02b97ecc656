import { createHash } from 'node:crypto';
import {
  sampleStatistics,
  type Decoded,
  type ImageFacts,
  type PatientIdentity,
  type Picture,
  type SampleStatistics,
  type Sensitive,
  type SliceSource,
  type StudyContext,
  type Window,
} from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { decodeDicom } from './decode-dicom';
import type { Placement } from '../dicom/placement';
import { decodeNifti } from '../nifti/decode-nifti';
import { decodeRaster } from '../raster/decode-raster';
import { viewOfOneImage, viewOfSeveralFiles } from '../slide/refuse-view';
import type { View, Viewed } from '../slide/view';
import { decodeTiff } from '../tiff/decode-tiff';
import { aboutStudy, type Content } from './content';
import { decodeSeries } from './decode-series';
import { identify, type Container } from './identify';
import type { DecodeLimits } from '../limits';
import { asUnreadable, tooLarge, unreadable } from '../refuse';

export interface InputFile {
  readonly bytes: Buffer;
  /** As the sender declared it; the bytes have the last word. */
  readonly mediaType?: string | undefined;
  /** What of it is looked at; absent: all that one answer can be about. */
  readonly view?: View | undefined;
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
  /** Of a volume: how its header has it shown, in rescaled values. A picture says so itself. */
  readonly window?: Window;
  /** Of a volume: its smaller values are shown brighter (MONOCHROME1 with a unit). A picture was turned for it. */
  readonly isInverted?: true;
  /** Of a picture: where it lies in the patient, as far as its header says. */
  readonly placement?: Placement;
  /** The same samples as a NIfTI-1 file, where that was asked for; they are a part of it. */
  readonly nifti?: Uint8Array;
  readonly facts: ImageFacts;
  /** Absent where no pixel is a number. */
  readonly statistics?: SampleStatistics;
  /** Whom the input shows, where it says so: DICOM objects do. */
  readonly identity?: PatientIdentity;
  /** What the headers say of the study, where all files are DICOM objects that say which one. */
  readonly context?: Sensitive<StudyContext>;
  /** One entry a file, in sending order, duplicates too. */
  readonly inputs: readonly DecodedInput[];
  /** Of a volume: one entry a slice, in the order of the volume, each naming its place in `inputs`. */
  readonly slices?: readonly SliceSource[];
  /** Of a frame or region that was asked for. */
  readonly viewed?: Viewed;
  readonly warnings: readonly string[];
}

/** A file that is decoded, with its place among those that were sent. */
interface PlacedFile extends InputFile {
  readonly input: number;
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

function withoutDuplicates(files: readonly InputFile[], inputs: readonly DecodedInput[]): PlacedFile[] {
  const seen = new Set<string>();
  return files
    .map((file, input) => ({ ...file, input }))
    .filter(({ input }) => {
      const { sha256 } = inputs[input] as DecodedInput;
      return !seen.has(sha256) && seen.add(sha256);
    });
}

async function decodeAll(
  files: readonly PlacedFile[],
  kinds: readonly Container[],
  limits: DecodeLimits,
  signal: AbortSignal | undefined,
): Promise<Content> {
  const [only] = files;
  if (files.length === 1 && only !== undefined) return decodeOne(only, kinds[0] as Container, limits, signal);
  if (files.some(({ view }) => view !== undefined)) throw viewOfSeveralFiles();
  if (kinds.some((kind) => kind !== 'dicom')) {
    throw new ServingError(
      'mixed_series',
      'Several files form one input only when all are DICOM objects of one series.',
    );
  }
  return decodeSeries(files, limits, signal);
}

async function decodeOne(
  { bytes, view }: InputFile,
  kind: Container,
  limits: DecodeLimits,
  signal: AbortSignal | undefined,
): Promise<Content> {
  if (view !== undefined && kind !== 'dicom' && kind !== 'tiff') throw viewOfOneImage();
  switch (kind) {
    case 'dicom': {
      const { context, ...dicom } = await decodeDicom(bytes, limits, signal, view);
      return { ...dicom, ...aboutStudy([{ input: 0, context }]) };
    }
    case 'nifti': {
      const { volume, facts, slices } = decodeNifti(bytes, {
        maxVoxels: limits.maxVoxels,
        maxDecodedBytes: limits.maxDecodedBytes,
      });
      return { decoded: volume, facts, slices, warnings: [] };
    }
    case 'png':
    case 'jpeg': {
      const picture = await decodeRaster(bytes, kind, limits);
      return { decoded: picture, facts: factsOf(picture, 1), warnings: [] };
    }
    case 'tiff': {
      const { picture, pages, ...shown } = await decodeTiff(bytes, limits, view);
      return { decoded: picture, facts: factsOf(picture, pages), ...shown };
    }
  }
}

const factsOf = ({ width, height, channels }: Picture, depth: number): ImageFacts => ({
  container: 'raster',
  dimensions: 2,
  width,
  height,
  depth,
  channels,
});
