import { ServingError, toServingError } from '@medserve/errors';
import type { InputFile } from '@medserve/imaging';
import type { RequestLimits } from '../infer/limits';
import type { InferenceRequest } from '../infer/inference-request';
import type { FileReference, JsonRequest } from './parse-json-body';

/** The files that a caller sent before. Another's are unknown. */
export interface EarlierFiles {
  /** In bytes. @throws ServingError `not_found` */
  sizeOf(ref: string): Promise<number>;
  /** With the keyed hash of whom it was uploaded for. @throws ServingError `not_found` */
  read(ref: string): Promise<{ readonly file: InputFile; readonly patient: string | undefined }>;
  /** Counts bytes as held until the request is answered. @throws ServingError `overloaded` */
  hold(bytes: number): void;
}

/**
 * Puts the files in that a request speaks of. What they take is known, and held, before the first of them is read.
 *
 * @throws ServingError `not_found` naming the member; `too_large` where all files together are more than one body may be
 */
export async function fetchInputs(
  { inputs, ...wishes }: JsonRequest,
  earlier: EarlierFiles,
  { bodyBytes }: RequestLimits,
): Promise<InferenceRequest> {
  let bytes = 0;
  for (const [index, input] of inputs.entries()) {
    bytes += isReference(input) ? await named(index, earlier.sizeOf(input.ref)) : input.bytes.length;
    if (bytes > bodyBytes) {
      throw new ServingError('too_large', 'The files of the request are too large together.', {
        field: 'inputs',
        limit: `files: ${String(bodyBytes)} bytes`,
      });
    }
  }
  const sent = inputs.reduce((sum, input) => sum + (isReference(input) ? 0 : input.bytes.length), 0);
  if (bytes > sent) earlier.hold(bytes - sent);
  const files: InputFile[] = [];
  const filedFor: string[] = [];
  for (const [index, input] of inputs.entries()) {
    if (!isReference(input)) {
      files.push(input);
      continue;
    }
    const { file, patient } = await named(index, earlier.read(input.ref));
    files.push(file);
    if (patient !== undefined) filedFor.push(patient);
  }
  return { ...wishes, files, ...(filedFor.length === 0 ? {} : { filedFor }) };
}

const isReference = (input: InputFile | FileReference): input is FileReference => 'ref' in input;

/** The same refusal, with the member that it is about. */
async function named<T>(index: number, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (thrown) {
    const { reason, message, limit, remedy, retryAfterMs, ...known } = toServingError(thrown);
    const field = known.field ?? `inputs.${String(index)}.ref`;
    throw new ServingError(reason, message, { field, limit, remedy, retryAfterMs, cause: thrown });
  }
}
