import type { CommandSet } from '../message/command-set';
import { RESPONSE } from '../message/elements';
import { MessageReader } from '../message/message-reader';
import type { Fragment } from '../pdu/pdu-reader';
import { ABORT_REASON, ProtocolFault } from '../pdu/protocol-fault';

export interface Response {
  readonly command: CommandSet;
  /** A match of C-FIND. */
  readonly identifier?: Buffer;
}

/** A match that is longer than this is none. */
const MAX_IDENTIFIER_BYTES = 1024 * 1024;

/** Puts responses together, each with its identifier where it has one. */
export class ResponseReader {
  private readonly messages = new MessageReader();
  private command: CommandSet | undefined;
  private pieces: Buffer[] = [];
  private bytes = 0;

  /** @throws ProtocolFault for what is no response, or a longer one than there can be */
  take(fragment: Fragment): Response | undefined {
    const part = this.messages.take(fragment);
    if (part === undefined) return undefined;
    if (part.kind === 'data') return this.takeData(part.bytes, part.isLast);
    const { command } = part;
    if ((command.command & RESPONSE) === 0) throw new ProtocolFault('a request', ABORT_REASON.unexpectedParameter);
    this.command = command;
    return command.hasDataSet ? undefined : { command };
  }

  private takeData(bytes: Buffer, isLast: boolean): Response | undefined {
    this.bytes += bytes.length;
    if (this.command === undefined || this.bytes > MAX_IDENTIFIER_BYTES) {
      throw new ProtocolFault('a match that is too long', ABORT_REASON.unexpectedParameter);
    }
    this.pieces.push(Buffer.from(bytes));
    if (!isLast) return undefined;
    const identifier = Buffer.concat(this.pieces);
    this.pieces = [];
    this.bytes = 0;
    return { command: this.command, identifier };
  }
}
