import type { KeptInstance } from '@medserve/archive';
import { ServingError, toServingError } from '@medserve/errors';
import { TRANSFER_SYNTAXES } from '@medserve/imaging';
import type { DicomWebParts } from '../dicom-web';
import { notAcceptable } from '../media/send-data-sets';
import type { AnswerPart } from '../multipart/write-parts';
import { DICOM, EXPLICIT_VR_LITTLE_ENDIAN, formOf, type FileWish, type InstanceForm } from './pick-form';
import { orNotAcceptable } from './unmakeable';

/** An instance and the form that it leaves in: the last one is explicit VR little endian, and as stored where that cannot be made. */
export interface Leaving {
  readonly instance: KeptInstance;
  readonly form: InstanceForm | 'explicit-or-stored';
}

/** Where making the explicit form fails so, the stored one would fail, too, or nobody waits for it. */
const NOT_OF_THE_FORM: ReadonlySet<string> = new Set(['not_found', 'cancelled', 'unavailable']);

/**
 * Which form each instance leaves in: that of the first wish that it can fulfil.
 *
 * @throws ServingError `not_acceptable` where one of them can fulfil none
 */
export function formsOf(instances: readonly KeptInstance[], wishes: readonly FileWish[]): Leaving[] {
  return instances.map((instance) => {
    const forms = wishes.map((wish) => formOf(instance.transferSyntaxUid, wish)).filter((form) => form !== undefined);
    const [form] = forms;
    if (form === undefined) {
      throw notAcceptable(
        'An instance is not there in the transfer syntax; with transfer-syntax=* it comes as it is stored.',
      );
    }
    return { instance, form: form === 'explicit' && forms.includes('stored') ? 'explicit-or-stored' : form };
  });
}

/**
 * The same instances, one of those that may turn out not to be makeable before the others. The first is made before the status leaves:
 * where it fails, the answer is still a 406. To make all of them first would hold a study in memory, or decode it twice.
 */
export function riskiestFirst(leaving: readonly Leaving[]): Leaving[] {
  const isRisk = ({ form }: Leaving): boolean => form === 'explicit';
  const first = leaving.find((one) => isRisk(one) && isCompressed(one.instance)) ?? leaving.find(isRisk);
  return first === undefined ? [...leaving] : [first, ...leaving.filter((one) => one !== first)];
}

const isCompressed = ({ transferSyntaxUid }: KeptInstance): boolean =>
  TRANSFER_SYNTAXES.get(transferSyntaxUid)?.codec !== 'native';

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

/**
 * @throws ServingError `not_acceptable` where the form cannot be made, `too_large` and `overloaded`, unless the stored one will do;
 *   `not_found` where the file was removed; `cancelled`; `unavailable`
 */
export async function instancePart(
  { archive, pool }: Pick<DicomWebParts, 'archive' | 'pool'>,
  { instance, form }: Leaving,
  signal: AbortSignal,
): Promise<AnswerPart> {
  const opened = archive.open(instance);
  const stored = { contentType: typeOf(instance.transferSyntaxUid), body: () => opened.stream() };
  if (form === 'stored') return stored;
  try {
    const body = await orNotAcceptable(pool.explicitVr(() => opened.read(), signal));
    return { contentType: typeOf(EXPLICIT_VR_LITTLE_ENDIAN), body };
  } catch (thrown) {
    const error = toServingError(thrown);
    if (form === 'explicit' || NOT_OF_THE_FORM.has(error.reason)) throw error;
    return stored;
  }
}

const typeOf = (transferSyntaxUid: string): string => `${DICOM}; transfer-syntax=${transferSyntaxUid}`;
