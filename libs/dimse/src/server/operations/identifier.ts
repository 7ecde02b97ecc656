import type { Outcome, QueryRequest } from '../handler';
import { STATUS } from '../status';
import type { Call, Operation } from './operation';

/** The last answer to a query, or what stopped it. */
export interface Finished {
  readonly outcome: Outcome;
  readonly more?: ReadonlyMap<number, number>;
  readonly dataSet?: Buffer;
}

/** A request whose data set is an identifier: gathered whole, within a limit, then performed until it is cancelled. */
export abstract class IdentifierOperation implements Operation {
  private pieces: Buffer[] = [];
  private bytes = 0;
  private readonly cancelling = new AbortController();

  constructor(protected readonly call: Call) {}

  take(bytes: Buffer): void {
    this.bytes += bytes.length;
    if (this.bytes <= this.call.limits.maxIdentifierBytes) this.pieces.push(Buffer.from(bytes));
    else this.pieces = [];
  }

  async perform(): Promise<number> {
    const { outcome, more, dataSet } = await this.finished();
    await this.call.respond(outcome, more, dataSet);
    return outcome.status;
  }

  cancel(): void {
    this.cancelling.abort();
  }

  abandon(): void {
    this.cancel();
  }

  /** Answers with what is pending, and says what comes last. Never throws. */
  protected abstract answer(request: QueryRequest): Promise<Finished>;

  private finished(): Promise<Finished> | Finished {
    if (this.bytes === 0 || this.bytes > this.call.limits.maxIdentifierBytes) {
      return { outcome: { status: STATUS.doesNotMatchSopClass, comment: 'No identifier, or one that is too long' } };
    }
    const { peer, association, context } = this.call;
    return this.answer({
      peer,
      association,
      sopClassUid: context.abstractSyntax,
      transferSyntaxUid: context.transferSyntax,
      identifier: Buffer.concat(this.pieces),
      signal: this.cancelling.signal,
    });
  }
}
