import type { KeptInstance } from '@medserve/archive';
import { ServingError } from '@medserve/errors';
import type { DicomWebParts } from '../dicom-web';
import { notAcceptable } from '../media/send-data-sets';
import type { AnswerPart } from '../multipart/write-parts';
import { DICOM, EXPLICIT_VR_LITTLE_ENDIAN, formOf, type FileWish, type InstanceForm } from './pick-form';
import { orNotAcceptable } from './unmakeable';

/** An instance and the form that it leaves in. */
export interface Leaving {
  readonly instance: KeptInstance;
  readonly form: InstanceForm;
}

/**
 * Which form each instance leaves in: that of the first wish that it can fulfil.
 *
 * @throws ServingError `not_acceptable` where one of them can fulfil none
 */
export function formsOf(instances: readonly KeptInstance[], wishes: readonly FileWish[]): Leaving[] {
  return instances.map((instance) => {
    for (const wish of wishes) {
      const form = formOf(instance.transferSyntaxUid, wish);
      if (form !== undefined) return { instance, form };
    }
    throw notAcceptable(
      'An instance is not there in the transfer syntax; with transfer-syntax=* it comes as it is stored.',
    );
  });
}

/** DICOM files one by one: those that leave as they are stored go from the disk, the others are made on a thread. */
export async function* instanceParts(
  parts: Pick<DicomWebParts, 'archive' | 'pool'>,
  leaving: readonly Leaving[],
  signal: AbortSignal,
): AsyncGenerator<AnswerPart> {
  for (const one of leaving) {
    if (signal.aborted) throw new ServingError('cancelled', 'The caller went away.');
    yield await instancePart(parts, one, signal);
  }
}

export async function instancePart(
  { archive, pool }: Pick<DicomWebParts, 'archive' | 'pool'>,
  { instance, form }: Leaving,
  signal: AbortSignal,
): Promise<AnswerPart> {
  const opened = archive.open(instance);
  if (form === 'stored') return { contentType: typeOf(instance.transferSyntaxUid), body: () => opened.stream() };
  const body = await orNotAcceptable(pool.explicitVr(() => opened.read(), signal));
  return { contentType: typeOf(EXPLICIT_VR_LITTLE_ENDIAN), body };
}

const typeOf = (transferSyntaxUid: string): string => `${DICOM}; transfer-syntax=${transferSyntaxUid}`;
