import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { CommandSet } from '../message/command-set';
import { COMMAND, ELEMENT, RESPONSE } from '../message/elements';
import { MessageReader, type MessagePart } from '../message/message-reader';
import { writeMessage } from '../message/write-message';
import type { AssociateRequest } from '../pdu/associate';
import type { Fragment, PduEvent } from '../pdu/pdu-reader';
import type { PduSocket } from '../pdu/pdu-socket';
import { ABORT_REASON, ProtocolFault, type AbortReason } from '../pdu/protocol-fault';
import { writeAbort, writeAssociateAccept, writeReject, writeReleaseResponse, type Rejection } from '../pdu/write-pdu';
import type { Peer } from '../peer';
import type { NodeHandler } from './handler';
import type { DimseLimits } from './limits';
import { accept, canBeAnswered, REJECTION, unacceptable, type Context } from './negotiate';
import type { DimseObserver, OperationName } from './observer';
import { begin } from './operations/operations';
import type { Call, Operation } from './operations/operation';
import type { Places } from './places';
import { responseTo } from './response';

/**
 * A rejection is not told at once: pynetdicom 3.0.4 takes one for a connection that failed when it comes before its own thread has seen that
 * it is connected, which is about a millisecond. Who tries titles until one fits has to take the time, too.
 */
const REJECT_AFTER_MS = 30;

/** What all associations of a listener share. */
export interface Node {
  readonly handler: NodeHandler;
  readonly limits: DimseLimits;
  readonly observer: DimseObserver;
  readonly places: Places;
  /** The called title to insist on. */
  readonly aet: string | undefined;
}

/** What was agreed on. */
interface Established {
  readonly peer: Peer;
  readonly contexts: ReadonlyMap<number, Context>;
  readonly maxPduBytes: number;
}

/** An operation that is being received; then it is performed. */
interface Incoming {
  readonly name: OperationName;
  readonly operation: Operation;
  readonly messageId: number;
}

/**
 * The acceptor's side of one connection (PS3.8 9.2): waits for a request, negotiates, and then does one operation after the other.
 * While one is performed the connection is still read, for C-CANCEL and for the peer's end; a further request waits.
 */
export class ServerAssociation {
  private readonly id = randomUUID();
  private readonly messages = new MessageReader();
  private established: Established | undefined;
  private incoming: Incoming | undefined;
  private performing: (Incoming & { readonly done: Promise<void> }) | undefined;
  /** The peer waits for us: its silence means nothing. */
  private isOurTurn = false;
  private isDraining = false;
  private hasEnded = false;

  constructor(
    private readonly connection: PduSocket,
    private readonly node: Node,
    private readonly remote: Pick<Peer, 'host' | 'port' | 'certificate'>,
  ) {}

  /** Serves the connection to its end. Never throws. */
  async run(): Promise<void> {
    this.connection.watch(this.node.limits.artimMs, false, () => {
      this.connection.close();
    });
    try {
      for await (const event of this.connection.events()) {
        this.isOurTurn = true;
        await this.take(event);
        this.isOurTurn = false;
        if (this.connection.isGone) break;
      }
    } catch (thrown) {
      this.abort(thrown instanceof ProtocolFault ? thrown.reason : ABORT_REASON.notSpecified);
    }
    await this.end('aborted');
    this.connection.close();
  }

  /** Takes no more operations; aborts when the one that runs is answered, or at once. */
  drain(): void {
    this.isDraining = true;
    if (this.established === undefined) this.connection.close();
    else if (this.incoming === undefined && this.performing === undefined) this.abort(ABORT_REASON.notSpecified);
  }

  /** Ends it now, whatever runs. */
  abort(reason: AbortReason): void {
    this.connection.close(writeAbort({ source: 2, reason }));
    this.performing?.operation.cancel();
  }

  private take(event: PduEvent): void | Promise<void> {
    switch (event.kind) {
      case 'fragment':
        return this.takeFragment(event);
      case 'associate-request':
        if (this.established !== undefined) throw unexpected();
        return this.negotiate(event.request);
      case 'release-request':
        if (this.established === undefined || this.incoming !== undefined) throw unexpected();
        return this.release();
      case 'abort':
        this.connection.close();
        return this.end('aborted');
      case 'associate-accept':
      case 'associate-reject':
      case 'release-response':
        throw unexpected();
    }
  }

  private async negotiate(request: AssociateRequest): Promise<void> {
    const peer: Peer = {
      ...this.remote,
      callingAet: request.callingAet,
      calledAet: request.calledAet,
      ...(request.user.implementationVersion !== undefined && { implementation: request.user.implementationVersion }),
    };
    if (!canBeAnswered(request)) throw new ProtocolFault('a maximum length of nothing', ABORT_REASON.invalidParameter);
    const rejection = unacceptable(request) ?? (await this.refusal(peer));
    if (rejection !== undefined) {
      this.node.observer.association('rejected');
      await wait(REJECT_AFTER_MS);
      this.connection.close(writeReject(rejection));
      return;
    }
    const { limits, observer } = this.node;
    const { answer, contexts } = accept(request, limits.maxPduBytes);
    this.established = { peer, contexts, maxPduBytes: request.user.maxPduBytes };
    observer.association('accepted');
    this.listenForSilence();
    await this.connection.write([writeAssociateAccept(answer)]);
  }

  /** Takes a place when there is no reason to refuse. */
  private async refusal(peer: Peer): Promise<Rejection | undefined> {
    const { aet, handler, places } = this.node;
    if (aet !== undefined && aet !== peer.calledAet) return REJECTION.calledAet;
    const admission = await handler.admit(peer);
    if (this.isDraining) return REJECTION.congestion;
    if (admission.kind === 'accepted') return places.take(peer.callingAet) ? undefined : REJECTION.localLimit;
    switch (admission.reason) {
      case 'called-ae-unknown':
        return REJECTION.calledAet;
      case 'calling-ae-unknown':
        return REJECTION.callingAet;
      case 'congestion':
        return REJECTION.congestion;
    }
  }

  private listenForSilence(): void {
    this.connection.watch(this.node.limits.idleMs, true, () => {
      const isPeersTurn = this.connection.isBlocked || !(this.isOurTurn || this.performing !== undefined);
      if (!isPeersTurn) {
        this.listenForSilence();
        return;
      }
      this.abort(ABORT_REASON.notSpecified);
      // What it had begun is given up now, whether or not it takes notice.
      void this.end('aborted');
    });
  }

  private takeFragment(fragment: Fragment): void | Promise<void> {
    const context = this.established?.contexts.get(fragment.contextId);
    if (this.established === undefined) throw unexpected();
    if (context === undefined) throw new ProtocolFault('an unknown context', ABORT_REASON.invalidParameter);
    const part = this.messages.take(fragment);
    return part === undefined ? undefined : this.takePart(part, context, this.established);
  }

  private takePart(part: MessagePart, context: Context, established: Established): void | Promise<void> {
    if (part.kind === 'command') return this.takeCommand(part.command, context, established);
    const { incoming } = this;
    if (incoming === undefined) throw unexpected();
    const taken = incoming.operation.take(part.bytes);
    if (!part.isLast) return taken;
    if (taken === undefined) this.perform();
    else
      return taken.then(() => {
        this.perform();
      });
  }

  private async takeCommand(command: CommandSet, context: Context, established: Established): Promise<void> {
    if (command.command === COMMAND.cCancel) {
      const { performing } = this;
      const meant = command.number(ELEMENT.messageIdBeingRespondedTo);
      if (performing?.messageId === meant) performing?.operation.cancel();
      return;
    }
    if ((command.command & RESPONSE) !== 0) throw unexpected();
    await this.performing?.done;
    this.incoming = { ...begin(this.call(command, context, established)), messageId: command.messageId };
    if (!command.hasDataSet) this.perform();
  }

  private call(command: CommandSet, context: Context, { peer, maxPduBytes }: Established): Call {
    const { handler, limits } = this.node;
    return {
      peer,
      association: this.id,
      context,
      command,
      handler,
      limits,
      respond: (outcome, more, dataSet) =>
        this.connection.write(writeMessage(context.id, maxPduBytes, responseTo(command, outcome, more), dataSet)),
    };
  }

  /** Starts what has come whole; the connection is read on meanwhile. */
  private perform(): void {
    const { incoming } = this;
    if (incoming === undefined) throw unexpected();
    this.incoming = undefined;
    const done = incoming.operation.perform().then(
      (status) => {
        this.performing = undefined;
        this.node.observer.operation(incoming.name, status);
        this.connection.putOff();
        if (this.isDraining) this.abort(ABORT_REASON.notSpecified);
      },
      () => {
        this.performing = undefined;
        this.abort(ABORT_REASON.notSpecified);
      },
    );
    this.performing = { ...incoming, done };
  }

  private async release(): Promise<void> {
    await this.performing?.done;
    await this.connection.write([writeReleaseResponse()]);
    await this.end('released');
    this.connection.close();
  }

  /** Once for an association, however it ends: gives up what had not come whole, and waits for what had. */
  private async end(how: 'released' | 'aborted'): Promise<void> {
    if (this.hasEnded || this.established === undefined) return;
    this.hasEnded = true;
    const { handler, observer, places } = this.node;
    places.release(this.established.peer.callingAet);
    observer.association(how);
    this.performing?.operation.cancel();
    await this.incoming?.operation.abandon();
    await this.performing?.done;
    try {
      handler.ended(this.id, how);
    } catch {
      // What it makes of the end is its own affair; the peer is gone.
    }
  }
}

const unexpected = (): ProtocolFault => new ProtocolFault('a PDU that is not due', ABORT_REASON.unexpectedPdu);
