import type { Incoming, Refusal, StoreOutcome } from '@medserve/archive';
import type { Outcome, StoreSink } from '@medserve/dimse';

/** PS3.7 C.5.6: another instance has this UID. B00E, which STOW-RS answers, would say over DIMSE that it was stored. */
const DUPLICATE_SOP_INSTANCE = 0x0111;

/** (0000,0902): what is the matter, in the words of the contract; never a value. */
const COMMENTS: Readonly<Record<Refusal['reason'], string>> = {
  cannot_understand: 'The data set cannot be understood',
  does_not_match: 'The data set does not match its SOP class',
  study_mismatch: 'It is of another study',
  duplicate: 'There is another instance of this UID',
  transfer_syntax_unsupported: 'The transfer syntax is not taken',
  sop_class_unsupported: 'The SOP class is not taken',
  out_of_resources: 'There is no room for it now',
  not_authorised: 'Not allowed',
};

/** The DIMSE answer to what the archive made of an instance: 0000 and Bxxx are said only of what is durable. */
export function answerTo(outcome: StoreOutcome): Outcome {
  if (outcome.kind === 'stored') return { status: outcome.warning ?? 0 };
  const { reason, status } = outcome.refusal;
  return { status: reason === 'duplicate' ? DUPLICATE_SOP_INSTANCE : status, comment: COMMENTS[reason] };
}

/** An instance on its way into the archive. */
export function storeSink(incoming: Incoming): StoreSink {
  return {
    write: (chunk) => incoming.write(chunk),
    end: async () => answerTo(await incoming.commit()),
    abort: () => incoming.abort(),
  };
}
