import fc from 'fast-check';
import { ProtocolFault } from '../pdu/protocol-fault';
import { CommandSet, writeCommandSet } from './command-set';
import { COMMAND, ELEMENT } from './elements';

const FIELDS = new Map<number, string | number>([
  [ELEMENT.affectedSopInstanceUid, '1.2.3'],
  [ELEMENT.commandField, COMMAND.cStore],
  [ELEMENT.messageId, 7],
]);

describe('a command set', () => {
  it('is read as it was written', () => {
    const read = CommandSet.read(writeCommandSet(FIELDS, true));
    expect(read).toMatchObject({ command: COMMAND.cStore, messageId: 7, hasDataSet: true });
    expect(read.uid(ELEMENT.affectedSopInstanceUid)).toBe('1.2.3');
  });

  it('stands in the order of its elements behind the length of them all (PS3.7 6.3.1)', () => {
    const bytes = writeCommandSet(FIELDS, false);
    const elements: number[] = [];
    for (let at = 0; at < bytes.length; at += 8 + bytes.readUInt32LE(at + 4)) elements.push(bytes.readUInt16LE(at + 2));
    expect(elements).toEqual([0x0000, 0x0100, 0x0110, 0x0800, 0x1000]);
    expect(bytes.readUInt32LE(8)).toBe(bytes.length - 12);
  });

  it.each(['CT; DROP', '.', '..', '1..2', '1.2.', '..7', '1'.repeat(65)])('has no UID where “%s” stands', (text) => {
    const read = CommandSet.read(writeCommandSet(new Map([...FIELDS, [ELEMENT.affectedSopClassUid, text]]), true));
    expect(read.uid(ELEMENT.affectedSopClassUid)).toBeUndefined();
    expect(read.text(ELEMENT.affectedSopClassUid)).toBe(text);
  });

  it.each([
    ['an element longer than it', Buffer.from('0000000110000000', 'hex')],
    ['a group of a data set', Buffer.from('0800000104000000aaaaaaaa', 'hex')],
    ['half an element', Buffer.from('00000001', 'hex')],
    ['no command', writeCommandSet(new Map(), true)],
  ])('is refused with %s', (_what, bytes) => {
    expect(() => CommandSet.read(bytes)).toThrow(ProtocolFault);
  });

  it('of any bytes is read or refused, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          CommandSet.read(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolFault);
        }
      }),
    );
  });
});
