import type { DecodedStudy, InputFile } from '@medserve/imaging';
import { ServingError } from '@medserve/errors';
import type { Decoder } from '../infer/ports';
import { OPENAI_LIMITS } from './limits';

/**
 * Decodes the images of a conversation, each as an input of its own, in their order: one after the other, so that never much more
 * is held than all together may be.
 *
 * @throws ServingError what decoding throws; `too_large` when all together are more than a request may hold
 */
export async function readImages(
  files: readonly (() => Promise<InputFile>)[],
  decoder: Decoder,
  signal: AbortSignal,
): Promise<readonly DecodedStudy[]> {
  const studies: DecodedStudy[] = [];
  let bytes = 0;
  for (const file of files) {
    const study = await decoder.decode([await file()], signal);
    bytes += study.decoded.samples.byteLength;
    if (bytes > OPENAI_LIMITS.decodedBytes) {
      throw new ServingError('too_large', 'The images of the request are too large together.', {
        field: 'messages',
        limit: `images: ${String(OPENAI_LIMITS.decodedBytes)} bytes decoded`,
      });
    }
    studies.push(study);
  }
  return studies;
}
