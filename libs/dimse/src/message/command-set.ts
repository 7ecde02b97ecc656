import { ABORT_REASON, ProtocolFault } from '../pdu/protocol-fault';
import { withoutPadding } from '../pdu/without-padding';
import { isUid } from '../uids/is-uid';
import { ELEMENT, HAS_DATA_SET, NO_DATA_SET } from './elements';

const HEAD_BYTES = 8;

/** What is written into a command set: texts (UI, AE, LO) and 16-bit numbers (US), by element. */
export type CommandFields = ReadonlyMap<number, string | number>;

/** A command set as it came (PS3.7 6.3.1): implicit VR little endian, group 0000 alone. */
export class CommandSet {
  private constructor(private readonly values: ReadonlyMap<number, Buffer>) {}

  /** @throws ProtocolFault when an element does not fit, is of another group, or there is no command */
  static read(bytes: Buffer): CommandSet {
    const values = new Map<number, Buffer>();
    for (let at = 0; at < bytes.length;) {
      if (bytes.length - at < HEAD_BYTES) throw broken('an element of the command set is cut short');
      if (bytes.readUInt16LE(at) !== 0) throw broken('a command set with another group');
      const length = bytes.readUInt32LE(at + 4);
      const begin = at + HEAD_BYTES;
      if (length > bytes.length - begin) throw broken('an element is longer than the command set');
      values.set(bytes.readUInt16LE(at + 2), bytes.subarray(begin, begin + length));
      at = begin + length;
    }
    const command = new CommandSet(values);
    if (command.number(ELEMENT.commandField) === undefined) throw broken('a command set without command');
    return command;
  }

  get command(): number {
    return this.number(ELEMENT.commandField) ?? 0;
  }

  get messageId(): number {
    return this.number(ELEMENT.messageId) ?? 0;
  }

  get hasDataSet(): boolean {
    return this.number(ELEMENT.dataSetType) !== NO_DATA_SET;
  }

  number(element: number): number | undefined {
    const value = this.values.get(element);
    return value?.length === 2 ? value.readUInt16LE(0) : undefined;
  }

  /** Trimmed of padding; absent and empty are the same. */
  text(element: number): string | undefined {
    const bytes = this.values.get(element);
    return bytes === undefined ? undefined : withoutPadding(bytes) || undefined;
  }

  /** A UID; what is none is absent. */
  uid(element: number): string | undefined {
    const value = this.text(element);
    return value !== undefined && isUid(value) ? value : undefined;
  }
}

const broken = (what: string): ProtocolFault => new ProtocolFault(what, ABORT_REASON.invalidParameter);

/** A command set in the order of its elements, its group length in front. */
export function writeCommandSet(fields: CommandFields, hasDataSet: boolean): Buffer {
  const all = new Map([...fields, [ELEMENT.dataSetType, hasDataSet ? HAS_DATA_SET : NO_DATA_SET]]);
  const body = [...all].sort(([a], [b]) => a - b).map(([element, value]) => writeElement(element, valueOf(value)));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.reduce((sum, { length: bytes }) => sum + bytes, 0));
  return Buffer.concat([writeElement(ELEMENT.groupLength, length), ...body]);
}

function writeElement(element: number, value: Buffer): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt16LE(element, 2);
  head.writeUInt32LE(value.length, 4);
  return Buffer.concat([head, value]);
}

function valueOf(value: string | number): Buffer {
  if (typeof value === 'string') return Buffer.from(value.length % 2 === 0 ? value : `${value}\0`, 'latin1');
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}
