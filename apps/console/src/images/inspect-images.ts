import type { Description } from '../api';
import type { ImageSet } from './image-set';
import { readNifti } from './read-nifti';
import { sendFiles, type Sent } from './send-files';

export interface Inspection {
  readonly files: readonly File[];
  /** What the person says was imaged; absent: what the header or the pixels say. */
  readonly modality?: string | undefined;
  readonly signal: AbortSignal;
  readonly onSent?: (sent: Sent) => void;
}

/** The answer was not what it was asked to be: description and pixels. */
export class UnreadableAnswerError extends Error {
  override readonly name = 'UnreadableAnswerError';
}

/** What was declared is a question here, so it may differ from what is found: the description says so. */
const wishesOf = ({ modality }: Inspection) => (modality === undefined ? {} : { modality, allowMismatch: true });

/**
 * Asks what files are and for their pixels; nothing is run, and nothing kept.
 *
 * @throws ApiError, FileGoneError, NiftiError, UnreadableAnswerError; what the signal was aborted with
 */
export async function inspectImages(inspection: Inspection): Promise<ImageSet> {
  const { files, ...sending } = inspection;
  const response = await sendFiles('/v1/inspect', {
    ...sending,
    files,
    request: wishesOf(inspection),
    headers: { accept: 'multipart/form-data' },
  });
  const parts = await response.formData().catch((cause: unknown) => {
    throw new UnreadableAnswerError('The answer is no form.', { cause });
  });
  const pixels = parts.get('pixels');
  const description = parts.get('description');
  if (!(pixels instanceof Blob) || description === null)
    throw new UnreadableAnswerError('The answer lacks the description or the pixels.');
  const text = typeof description === 'string' ? description : await description.text();
  return { files, description: JSON.parse(text) as Description, volume: readNifti(await pixels.arrayBuffer()) };
}

/** Asks again what files are, with another modality declared; their pixels stay what they are. @throws as `inspectImages` */
export async function describeImages(inspection: Inspection): Promise<Description> {
  const response = await sendFiles('/v1/inspect', { ...inspection, request: wishesOf(inspection) });
  return (await response.json()) as Description;
}
