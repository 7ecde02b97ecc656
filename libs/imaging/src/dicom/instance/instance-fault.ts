/** What is wrong with an instance: the kinds of failure that PS3.4 table B.2-1 and PS3.18 annex I tell apart. */
export type FaultKind =
  /** Cut short, lengths that fit nothing, no DICOM at all. */
  | 'cannot_understand'
  /** Readable, but not what its SOP class asks for. */
  | 'does_not_match'
  /** Of a SOP class that is not taken. */
  | 'sop_class_unsupported'
  | 'transfer_syntax_unsupported';

/** Why an instance is not one. `what` names an element or a limit, never a value of the data set. */
export class InstanceFault extends Error {
  override readonly name = 'InstanceFault';

  constructor(
    readonly kind: FaultKind,
    readonly what: string,
  ) {
    super(what);
  }
}

export const notUnderstood = (what: string): InstanceFault => new InstanceFault('cannot_understand', what);
