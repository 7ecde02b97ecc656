import { ServingError, toServingError } from '@medserve/errors';

/** What the threads say of an object that has no pixels, or none that can be read here. */
const REASONS: ReadonlySet<string> = new Set(['unreadable_image', 'unsupported_media', 'unsupported_transfer_syntax']);

/** Turns "its pixels cannot be read" into the answer of DICOMweb: this representation cannot be made, another one can. */
export async function orNotAcceptable<T>(making: Promise<T>): Promise<T> {
  try {
    return await making;
  } catch (thrown) {
    const error = toServingError(thrown);
    if (!REASONS.has(error.reason)) throw error;
    throw new ServingError('not_acceptable', `This cannot be made of the instance. ${error.message}`, {
      field: 'Accept',
      cause: error,
    });
  }
}
