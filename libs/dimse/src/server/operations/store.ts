import { ELEMENT } from '../../message/elements';
import type { Outcome, StoreSink } from '../handler';
import { outcomeOf, STATUS } from '../status';
import type { Call, Operation } from './operation';
import { answerWith } from './refuse';

/** C-STORE (PS3.7 9.1.1): its data set goes to the handler's sink as it comes. */
export function storeOperation(call: Call): Operation {
  const sopClassUid = call.command.uid(ELEMENT.affectedSopClassUid);
  const sopInstanceUid = call.command.uid(ELEMENT.affectedSopInstanceUid);
  if (sopClassUid !== call.context.abstractSyntax || call.context.service !== 'storage') {
    return answerWith(call, { status: STATUS.sopClassNotSupported, comment: 'Not the SOP class of its context' });
  }
  if (sopInstanceUid === undefined) {
    return answerWith(call, { status: STATUS.noSuchInstance, comment: 'No valid SOP Instance UID' });
  }
  if (!call.command.hasDataSet) return answerWith(call, { status: STATUS.cannotUnderstand, comment: 'No data set' });
  return new Store(call, sopClassUid, sopInstanceUid);
}

class Store implements Operation {
  private readonly opened: Promise<StoreSink>;
  private sink: StoreSink | undefined;
  /** Why it will not be stored; what still comes of it is dropped. */
  private failure: Outcome | undefined;

  constructor(
    private readonly call: Call,
    sopClassUid: string,
    sopInstanceUid: string,
  ) {
    const { peer, association, context, handler } = call;
    const request = {
      peer,
      association,
      sopClassUid,
      sopInstanceUid,
      transferSyntaxUid: context.transferSyntax,
    };
    this.opened = Promise.resolve().then(() => handler.store(request));
    // Looked at when the first piece comes, or at the end.
    this.opened.catch(() => undefined);
  }

  take(bytes: Buffer): void | Promise<void> {
    if (this.failure !== undefined) return;
    if (this.sink === undefined) return this.open().then(() => this.take(bytes));
    try {
      return this.sink.write(bytes)?.catch((thrown: unknown) => this.fail(thrown));
    } catch (thrown) {
      return this.fail(thrown);
    }
  }

  async perform(): Promise<number> {
    await this.open();
    const outcome = this.failure ?? (await this.finish());
    await this.call.respond(outcome);
    return outcome.status;
  }

  cancel(): void {
    // All of it came: whether it is kept no longer depends on the peer.
  }

  async abandon(): Promise<void> {
    await this.open();
    if (this.failure === undefined) await this.drop();
  }

  private async open(): Promise<void> {
    try {
      this.sink = await this.opened;
    } catch (thrown) {
      this.failure ??= outcomeOf(thrown);
    }
  }

  private async finish(): Promise<Outcome> {
    try {
      return (await this.sink?.end()) ?? { status: STATUS.processingFailure };
    } catch (thrown) {
      return outcomeOf(thrown);
    }
  }

  private async fail(thrown: unknown): Promise<void> {
    this.failure = outcomeOf(thrown);
    await this.drop();
  }

  private async drop(): Promise<void> {
    try {
      await this.sink?.abort();
    } catch {
      // It was given up already; there is nobody to tell.
    }
  }
}
