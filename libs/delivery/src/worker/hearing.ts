import type { Attempted, SendReason, Sent } from '../sent';

/**
 * What an attempt says of its destination:
 * - `answer`: it is there, whatever it said;
 * - `passed_over`: it left this one without an answer, while it took others: it is there, and the fault is with this one;
 * - `down`: nothing gets through to it;
 * - `nothing`.
 */
export type Heard = 'answer' | 'passed_over' | 'down' | 'nothing';

/** Whether it counts among the attempts that a delivery has. */
export const isAnswer = (heard: Heard): boolean => heard === 'answer' || heard === 'passed_over';

/** Whether a reason to try again says that nothing else gets through now either. The same for every protocol. */
const SAYS_DOWN: Readonly<Record<SendReason, boolean>> = {
  unreachable: true,
  timeout: true,
  tls: true,
  aborted: true,
  busy: true,
  // What it has no room for now, it has no room for in the next parcel either.
  out_of_resources: true,
  association_rejected: false,
  sop_class_refused: false,
  content_refused: false,
  not_authorised: false,
  receiver_failed: false,
  message_rejected: false,
  bad_answer: false,
  content_unavailable: false,
};

/** As many silences are remembered; one that is forgotten is taken for one of the destination, which costs its delivery nothing. */
const MOST_SILENCES = 1_024;

/** Tells a destination that is down from one that only one delivery gets no answer of. */
export class Hearing {
  private arrived = 0;
  /** Of deliveries that met silence: how many had arrived by then. */
  private readonly silences = new Map<string, number>();

  /** To be given back with what the attempt came to. */
  begin(): number {
    return this.arrived;
  }

  /** @param id of the delivery @param begun what `begin` gave when the attempt began */
  of(id: string, sent: Attempted, begun: number): Heard {
    if (sent.kind === 'unsent') return 'nothing';
    const before = this.silences.get(id);
    this.silences.delete(id);
    if (sent.kind === 'delivered') this.arrived += 1;
    if (sent.kind !== 'retry' || !saysDown(sent)) return 'answer';
    if (!isSilence(sent)) return 'down';
    this.remember(id);
    if (before !== undefined && this.arrived > before) return 'passed_over';
    // Others arrived meanwhile: as well the destination may have gone since as it may have left this one alone.
    return this.arrived > begun ? 'nothing' : 'down';
  }

  /** It is not tried any more. */
  forget(id: string): void {
    this.silences.delete(id);
  }

  private remember(id: string): void {
    this.silences.set(id, this.arrived);
    const [oldest] = this.silences.keys();
    if (this.silences.size > MOST_SILENCES && oldest !== undefined) this.silences.delete(oldest);
  }
}

type Retry = Extract<Sent, { kind: 'retry' }>;

const isSilence = ({ reason }: Retry): boolean => reason === 'timeout' || reason === 'aborted';

/** Who took part of a parcel before it fell silent was there. */
const saysDown = (sent: Retry): boolean =>
  SAYS_DOWN[sent.reason] && !(isSilence(sent) && (sent.arrived ?? []).length > 0);
