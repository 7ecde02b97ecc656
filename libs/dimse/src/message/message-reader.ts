import type { Fragment } from '../pdu/pdu-reader';
import { ABORT_REASON, ProtocolFault } from '../pdu/protocol-fault';
import { CommandSet } from './command-set';

/** Command sets have a dozen short elements; the longest that the standard allows are a tenth of this. */
const MAX_COMMAND_BYTES = 16 * 1024;

export type MessagePart =
  | { readonly kind: 'command'; readonly contextId: number; readonly command: CommandSet }
  | { readonly kind: 'data'; readonly bytes: Buffer; readonly isLast: boolean };

/**
 * Puts fragments in their order: a command set whole, then its data set piece by piece (PS3.7 6.3, PS3.8 annex E). A message is of
 * one context, and the next begins when it has ended.
 */
export class MessageReader {
  private pieces: Buffer[] = [];
  private bytes = 0;
  /** The context of the message that is being read. */
  private contextId: number | undefined;
  private isInDataSet = false;

  /** @throws ProtocolFault when a fragment is out of order, or the command set is none */
  take(fragment: Fragment): MessagePart | undefined {
    if (fragment.contextId !== (this.contextId ?? fragment.contextId))
      throw unexpected('a fragment of another context');
    if (fragment.isCommand === this.isInDataSet) throw unexpected('command and data set out of order');
    this.contextId = fragment.contextId;
    if (!this.isInDataSet) return this.takeCommand(fragment);
    if (fragment.isLast) this.next();
    return { kind: 'data', bytes: fragment.bytes, isLast: fragment.isLast };
  }

  private takeCommand(fragment: Fragment): MessagePart | undefined {
    this.bytes += fragment.bytes.length;
    if (this.bytes > MAX_COMMAND_BYTES) throw unexpected('a command set that is too long');
    if (fragment.bytes.length > 0) this.pieces.push(Buffer.from(fragment.bytes));
    if (!fragment.isLast) return undefined;
    const command = CommandSet.read(Buffer.concat(this.pieces));
    const { contextId } = fragment;
    this.pieces = [];
    this.bytes = 0;
    if (command.hasDataSet) this.isInDataSet = true;
    else this.next();
    return { kind: 'command', contextId, command };
  }

  private next(): void {
    this.isInDataSet = false;
    this.contextId = undefined;
  }
}

const unexpected = (what: string): ProtocolFault => new ProtocolFault(what, ABORT_REASON.unexpectedParameter);
