import fc from 'fast-check';
import { associateRequest } from '../testing/raw-peer';
import { PduReader, type PduEvent } from './pdu-reader';
import { ProtocolFault } from './protocol-fault';
import { writeAbort, writeAssociateRequest, writeDataHead, writeReject, writeReleaseRequest } from './write-pdu';

const LIMIT = 16_384;

const eventsOf = (chunks: readonly Buffer[]): PduEvent[] => {
  const reader = new PduReader(LIMIT);
  return chunks.flatMap((chunk) => [...reader.read(chunk)]);
};

const values = (events: readonly PduEvent[]): string =>
  events.map((event) => (event.kind === 'fragment' ? event.bytes.toString('hex') : event.kind)).join('');

const head = (type: number, length: number): Buffer => {
  const bytes = Buffer.from([type, 0, 0, 0, 0, 0]);
  bytes.writeUInt32BE(length, 2);
  return bytes;
};

const refused = (...chunks: Buffer[]): ProtocolFault => {
  try {
    eventsOf(chunks);
  } catch (error) {
    if (error instanceof ProtocolFault) return error;
    throw error;
  }
  throw new Error('It was not refused.');
};

describe('PduReader', () => {
  const stream = Buffer.concat([
    writeAssociateRequest(associateRequest()),
    writeDataHead(1, true, true, 3),
    Buffer.from('abc'),
    writeDataHead(1, false, false, 0),
    writeDataHead(3, false, true, 5),
    Buffer.from('defgh'),
    writeReleaseRequest(),
    writeReject({ result: 2, source: 3, reason: 1 }),
    writeAbort({ source: 2, reason: 5 }),
  ]);

  it('reads the same from a stream however it is cut', () => {
    const whole = values(eventsOf([stream]));
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 40 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), stream.length];
        const chunks = at.slice(1).map((end, index) => stream.subarray(at[index], end));
        expect(values(eventsOf(chunks))).toBe(whole);
      }),
    );
    expect(values(eventsOf(Array.from(stream, (byte) => Buffer.from([byte]))))).toBe(whole);
  });

  it('says with the last piece of a value alone that it is the last', () => {
    const bytes = Buffer.concat([writeDataHead(1, false, true, 4), Buffer.from('abcd')]);
    const events = eventsOf([bytes.subarray(0, 14), bytes.subarray(14)]);
    expect(events).toMatchObject([{ isLast: false }, { isLast: true, isCommand: false, contextId: 1 }]);
  });

  it('hands on a value that has no bytes', () => {
    expect(eventsOf([writeDataHead(1, false, true, 0)])).toMatchObject([{ isLast: true, bytes: Buffer.alloc(0) }]);
  });

  it('shares the bytes of values with what was read', () => {
    const bytes = Buffer.concat([writeDataHead(1, false, true, 4), Buffer.from('abcd')]);
    const [event] = eventsOf([bytes]);
    expect(event?.kind === 'fragment' && event.bytes.buffer === bytes.buffer).toBe(true);
  });

  it.each([
    ['P-DATA-TF', 0x04],
    ['an association request', 0x01],
    ['a release', 0x05],
    ['an abort', 0x07],
  ])('refuses the length of 4 GB of %s when it is read', (_what, type) => {
    expect(refused(head(type, 0xfffffff0)).reason).toBe(6);
  });

  it('refuses a type that there is not', () => {
    expect(refused(head(0x42, 8)).reason).toBe(1);
  });

  it.each<[string, Buffer]>([
    ['a value that is longer than its PDU', Buffer.concat([head(4, 10), Buffer.from([0, 0, 0, 99, 1, 0])])],
    ['a value without room for its context', Buffer.concat([head(4, 10), Buffer.from([0, 0, 0, 1, 1, 0])])],
    ['a PDU without a value', head(4, 0)],
    ['bytes behind the last value', Buffer.concat([head(4, 9), Buffer.from([0, 0, 0, 2, 1, 0, 9, 9, 9])])],
    ['an association request without anything', head(1, 0)],
    [
      'an item that is longer than its PDU',
      Buffer.concat([head(1, 72), Buffer.alloc(68), Buffer.from([0x10, 0, 99, 9])]),
    ],
  ])('refuses %s', (_what, bytes) => {
    expect(refused(bytes).reason).toBe(6);
  });

  it.each([
    ['an even context id', { contexts: [{ id: 2, abstractSyntax: '1.2', transferSyntaxes: ['1.2'] }] }],
    ['no context', { contexts: [] }],
    [
      'one context id for two contexts',
      { contexts: [1, 1].map((id) => ({ id, abstractSyntax: '1.2', transferSyntaxes: ['1.2'] })) },
    ],
  ])('refuses an association request with %s', (_what, more) => {
    expect(refused(writeAssociateRequest(associateRequest(more))).reason).toBe(6);
  });
});
