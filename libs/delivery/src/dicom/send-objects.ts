import type { ParcelObject } from '../parcel';
import type { SendReason, Sent } from '../sent';
import type { OpenAssociation } from './association';
import { judgeStatus, statusWord } from './judge';

/** What became of the objects that went over one association. */
interface Tally {
  readonly arrived: string[];
  /** The first that may go through later, and the first that will not. */
  later: { readonly reason: SendReason; readonly status?: string } | undefined;
  never: { readonly reason: SendReason; readonly status?: string } | undefined;
}

/**
 * Stores objects over an association, one after the other. One that the receiver has something against does not keep the others
 * from it; what breaks the association ends the attempt.
 *
 * @param encode the data set in the transfer syntax that was agreed on; undefined where it cannot be had in it
 */
export async function sendObjects(
  association: OpenAssociation,
  objects: readonly ParcelObject[],
  encode: Encode,
): Promise<Sent> {
  const tally: Tally = { arrived: [], later: undefined, never: undefined };
  for (const object of objects) {
    const syntax = association.accepted(object.sopClassUid);
    const dataSet =
      syntax === undefined ? undefined : encode(await object.readDataSet(), object.transferSyntaxUid, syntax);
    if (syntax === undefined || dataSet === undefined) {
      tally.never ??= { reason: 'sop_class_refused' };
      continue;
    }
    const { sopClassUid, sopInstanceUid } = object;
    const { status } = await association
      .store({ sopClassUid, sopInstanceUid, transferSyntaxUid: syntax, dataSet })
      .catch((cause: unknown) => {
        throw new CutShortError(tally.arrived, cause);
      });
    const judged = judgeStatus(status);
    if (judged === 'stored') tally.arrived.push(sopInstanceUid);
    else tally[judged.isForGood ? 'never' : 'later'] ??= { reason: judged.reason, status: statusWord(status) };
  }
  const { arrived, later, never } = tally;
  if (later !== undefined) return { kind: 'retry', ...later, arrived };
  if (never !== undefined) return { kind: 'refused', ...never, arrived };
  return { kind: 'delivered' };
}

/** The association broke in the middle. */
export class CutShortError extends Error {
  constructor(
    /** SOP Instance UIDs that were answered before. */
    readonly arrived: readonly string[],
    cause: unknown,
  ) {
    super('The association ended before all objects were sent.', { cause });
    this.name = 'CutShortError';
  }
}

export type Encode = (dataSet: Buffer, from: string, to: string) => Buffer | undefined;
