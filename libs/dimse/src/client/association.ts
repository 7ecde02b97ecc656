import type { CommandFields } from '../message/command-set';
import { COMMAND, ELEMENT } from '../message/elements';
import { writeMessage } from '../message/write-message';
import type { PduEvent } from '../pdu/pdu-reader';
import type { PduSocket } from '../pdu/pdu-socket';
import { ABORT_REASON, ProtocolFault } from '../pdu/protocol-fault';
import { writeAbort, writeReleaseRequest } from '../pdu/write-pdu';
import type { AgreedContext } from '../pdu/associate';
import type { Outcome } from '../server/handler';
import { STATUS } from '../server/status';
import { VERIFICATION } from '../uids/sop-classes';
import { AssociationError } from './association-error';
import { ResponseReader, type Response } from './response-reader';

export interface Stored {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** Encoded in that transfer syntax, without file meta information; sent as it is. */
  readonly dataSet: Buffer;
  /** Of the C-MOVE that it is sent for (PS3.7 9.1.1.1.6). */
  readonly moveOriginator?: { readonly aet: string; readonly messageId: number };
}

export interface Searched {
  readonly sopClassUid: string;
  /** In the transfer syntax that `accepted` names. */
  readonly identifier: Buffer;
  readonly onMatch: (identifier: Buffer) => void;
  /** Sends C-CANCEL. */
  readonly signal?: AbortSignal;
}

/** What waits for the responses to one request. */
interface Pending {
  readonly messageId: number;
  readonly onMatch: ((identifier: Buffer) => void) | undefined;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: Error) => void;
}

/** A response is pending while more come (PS3.7 annex C.3). */
const isPending = (status: number): boolean => status === STATUS.pending || status === STATUS.pendingWithoutKeys;

/**
 * The requestor's side of an association. Requests go one after the other, whoever makes them; when the association ends, what
 * waits and what comes later fails with the same AssociationError.
 */
export class Association {
  private readonly responses = new ResponseReader();
  private queue: Promise<unknown> = Promise.resolve();
  private pending: Pending | undefined;
  private lastMessageId = 0;
  private failure: AssociationError | undefined;
  private released: (() => void) | undefined;

  /** @param events of the connection, from behind the peer's A-ASSOCIATE-AC */
  constructor(
    private readonly connection: PduSocket,
    events: AsyncGenerator<PduEvent>,
    private readonly contexts: readonly AgreedContext[],
    private readonly maxPduBytes: number,
    private readonly responseMs: number,
  ) {
    void this.read(events);
  }

  /** The transfer syntax that the peer chose for an abstract syntax, in the first context that it accepted. */
  accepted(abstractSyntax: string): string | undefined {
    return this.contexts.find((context) => context.abstractSyntax === abstractSyntax)?.transferSyntax;
  }

  /** Whether the peer takes a class in a transfer syntax. */
  accepts(abstractSyntax: string, transferSyntax: string): boolean {
    return this.contexts.some(
      (context) => context.abstractSyntax === abstractSyntax && context.transferSyntax === transferSyntax,
    );
  }

  /** C-ECHO. @throws AssociationError */
  echo(): Promise<Outcome> {
    return this.request(VERIFICATION, undefined, new Map([[ELEMENT.commandField, COMMAND.cEcho]]));
  }

  /**
   * C-STORE. A class or transfer syntax that the peer did not accept is answered 0122, without asking it.
   * @throws AssociationError
   */
  store({ sopClassUid, sopInstanceUid, transferSyntaxUid, dataSet, moveOriginator }: Stored): Promise<Outcome> {
    const fields = new Map<number, string | number>([
      [ELEMENT.commandField, COMMAND.cStore],
      [ELEMENT.priority, 0],
      [ELEMENT.affectedSopInstanceUid, sopInstanceUid],
    ]);
    if (moveOriginator !== undefined) {
      fields.set(ELEMENT.moveOriginator, moveOriginator.aet);
      fields.set(ELEMENT.moveOriginatorMessageId, moveOriginator.messageId);
    }
    return this.request(sopClassUid, transferSyntaxUid, fields, dataSet);
  }

  /** C-FIND. @returns its last status @throws AssociationError */
  find({ sopClassUid, identifier, onMatch, signal }: Searched): Promise<Outcome> {
    const fields = new Map([
      [ELEMENT.commandField, COMMAND.cFind],
      [ELEMENT.priority, 0],
    ] as const);
    return this.request(sopClassUid, undefined, fields, identifier, onMatch, signal);
  }

  /** Ends it in good order, when what was asked before is answered. @throws AssociationError when it ended otherwise */
  release(): Promise<void> {
    return this.inTurn(async () => {
      this.listenForSilence('the peer does not release');
      const answered = new Promise<void>((resolve, reject) => {
        this.released = resolve;
        this.pending = { messageId: -1, onMatch: undefined, resolve: () => undefined, reject };
      });
      await this.connection.write([writeReleaseRequest()]);
      await answered;
    });
  }

  /** Ends it at once. */
  abort(): void {
    this.fail(new AssociationError('aborted', 'ended by us'), writeAbort({ source: 0, reason: 0 }));
  }

  private request(
    sopClassUid: string,
    transferSyntaxUid: string | undefined,
    fields: CommandFields,
    dataSet?: Buffer,
    onMatch?: (identifier: Buffer) => void,
    signal?: AbortSignal,
  ): Promise<Outcome> {
    const context = this.contexts.find(
      ({ abstractSyntax, transferSyntax }) =>
        abstractSyntax === sopClassUid && (transferSyntaxUid ?? transferSyntax) === transferSyntax,
    );
    if (context === undefined) {
      return Promise.resolve({ status: STATUS.sopClassNotSupported, comment: 'No presentation context was accepted' });
    }
    return this.inTurn(async () => {
      this.lastMessageId = (this.lastMessageId % 0xffff) + 1;
      const messageId = this.lastMessageId;
      const answered = new Promise<Outcome>((resolve, reject) => {
        this.pending = { messageId, onMatch, resolve, reject };
      });
      // Looked at below, when the request has been written.
      answered.catch(() => undefined);
      this.listenForSilence('the peer does not answer');
      const cancel = (): void => void this.cancel(context.id, messageId);
      signal?.addEventListener('abort', cancel);
      try {
        const command = new Map([
          ...fields,
          [ELEMENT.affectedSopClassUid, sopClassUid],
          [ELEMENT.messageId, messageId],
        ]);
        await this.connection.write(writeMessage(context.id, this.maxPduBytes, command, dataSet));
        return await answered;
      } finally {
        signal?.removeEventListener('abort', cancel);
        this.connection.unwatch();
      }
    });
  }

  private cancel(contextId: number, messageId: number): Promise<void> {
    const fields = new Map([
      [ELEMENT.commandField, COMMAND.cCancel],
      [ELEMENT.messageIdBeingRespondedTo, messageId],
    ] as const);
    return this.connection.write(writeMessage(contextId, this.maxPduBytes, fields));
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.queue.then(() => {
      if (this.failure !== undefined) throw this.failure;
      return work();
    });
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  private listenForSilence(detail: string): void {
    this.connection.watch(this.responseMs, true, () => {
      this.fail(new AssociationError('timeout', detail), writeAbort({ source: 0, reason: 0 }));
    });
  }

  private async read(events: AsyncGenerator<PduEvent>): Promise<void> {
    try {
      for await (const event of events) {
        this.take(event);
        if (this.failure !== undefined) break;
      }
      this.fail(new AssociationError('aborted', 'the peer hung up'));
    } catch (thrown) {
      const reason = thrown instanceof ProtocolFault ? thrown.reason : ABORT_REASON.notSpecified;
      const detail = thrown instanceof ProtocolFault ? 'the peer breaks the protocol' : 'the connection was cut';
      this.fail(new AssociationError('aborted', detail, thrown), writeAbort({ source: 2, reason }));
    }
  }

  private take(event: PduEvent): void {
    switch (event.kind) {
      case 'fragment': {
        const response = this.responses.take(event);
        if (response !== undefined) this.answered(response);
        return;
      }
      case 'release-response':
        this.released?.();
        this.fail(new AssociationError('aborted', 'it was released'));
        return;
      case 'abort':
        this.fail(new AssociationError('aborted', 'the peer aborted'));
        return;
      case 'release-request':
      case 'associate-request':
      case 'associate-accept':
      case 'associate-reject':
        throw new ProtocolFault('a PDU that is not due', ABORT_REASON.unexpectedPdu);
    }
  }

  private answered({ command, identifier }: Response): void {
    const { pending } = this;
    const status = command.number(ELEMENT.status);
    const answers = command.number(ELEMENT.messageIdBeingRespondedTo);
    if (status === undefined || pending === undefined || answers !== pending.messageId) {
      throw new ProtocolFault('a response to nothing that was asked', ABORT_REASON.unexpectedParameter);
    }
    if (isPending(status)) {
      if (identifier !== undefined) pending.onMatch?.(identifier);
      return;
    }
    this.pending = undefined;
    const comment = command.text(ELEMENT.errorComment);
    pending.resolve({ status, ...(comment !== undefined && { comment }) });
  }

  private fail(error: AssociationError, lastWord?: Buffer): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    this.connection.close(lastWord);
    this.pending?.reject(error);
    this.pending = undefined;
  }
}
