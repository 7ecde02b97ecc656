import { EDGES, mutate, type Draw } from '../support/draw';

/* PDUs by hand (PS3.8 9.3), for what no library would send. */

const CLASSES = [
  '1.2.840.10008.1.1',
  '1.2.840.10008.5.1.4.1.1.2',
  '1.2.840.10008.5.1.4.1.2.2.1',
  '1.2.840.10008.5.1.4.1.2.1.2',
  '1.2.826.0.1.3680043.8.498.999',
];
const SYNTAXES = ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2', '1.2.840.10008.1.2.4.90', '1.2.3'];
const COMMANDS = [0x0001, 0x0010, 0x0020, 0x0021, 0x0030, 0x0100, 0x0110, 0x0fff, 0x8001, 0x0000, 0xffff];

const item = (type: number, content: Buffer): Buffer => {
  const head = Buffer.from([type, 0, 0, 0]);
  head.writeUInt16BE(content.length, 2);
  return Buffer.concat([head, content]);
};

function pdu(type: number, content: Buffer, length = content.length): Buffer {
  const head = Buffer.from([type, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(length >>> 0, 2);
  return Buffer.concat([head, content]);
}

const title = (text: string): Buffer => Buffer.from(text.padEnd(16).slice(0, 16), 'latin1');

function associateRequest(draw: Draw): Buffer {
  const contexts = Array.from({ length: draw.chance(0.03) ? 130 : draw.pick([2, 5, 5, 5, 5]) }, (_, at) => {
    const syntaxes = Array.from({ length: draw.pick([0, 1, 2, 3, 3]) }, () =>
      item(0x40, Buffer.from(draw.pick(SYNTAXES))),
    );
    const abstractSyntax = item(0x30, Buffer.from(CLASSES[at % CLASSES.length] ?? ''));
    const id = draw.chance(0.95) ? (2 * at + 1) % 256 : draw.below(256);
    return item(0x20, Buffer.concat([Buffer.from([id, 0, 0, 0]), abstractSyntax, ...syntaxes]));
  });
  const longest = Buffer.alloc(4);
  longest.writeUInt32BE(draw.chance(0.8) ? 16_384 : draw.pick(EDGES));
  const role = Buffer.concat([Buffer.from([0, 5]), Buffer.from('1.2.3'), Buffer.from([1, 1])]);
  const user = [item(0x51, longest), item(0x52, Buffer.from('2.25.1'))];
  if (draw.chance(0.3)) user.push(item(0x54, role), item(0x53, Buffer.from([0, 0, 0, 9])), item(0x58, draw.bytes(9)));
  const fixed = Buffer.concat([Buffer.from([0, 1, 0, 0]), title('MEDSERVE'), title('FUZZ'), Buffer.alloc(32)]);
  const application = item(0x10, Buffer.from('1.2.840.10008.3.1.1.1'));
  return pdu(1, Buffer.concat([fixed, application, ...contexts, item(0x50, Buffer.concat(user))]));
}

function element(number: number, value: Buffer, length = value.length): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(number, 2);
  head.writeUInt32LE(length >>> 0, 4);
  return Buffer.concat([head, value]);
}

const uint16 = (value: number): Buffer => Buffer.from([value & 0xff, value >>> 8]);

function commandSet(draw: Draw, hasDataSet: boolean): Buffer {
  return Buffer.concat([
    element(0x0002, Buffer.from(draw.chance(0.8) ? '1.2.840.10008.5.1.4.1.1.2\0' : 'no UID'.repeat(draw.below(9)))),
    element(0x0100, uint16(draw.chance(0.5) ? 1 : draw.pick(COMMANDS))),
    element(0x0110, uint16(draw.below(4)), draw.chance(0.95) ? 2 : draw.pick(EDGES)),
    element(0x0600, Buffer.from('PACS')),
    element(0x0800, uint16(hasDataSet ? 1 : 0x0101)),
    element(0x1000, Buffer.from(draw.chance(0.9) ? '2.25.7' : '')),
  ]);
}

/** Presentation data values of a message, in PDUs of any size; some in contexts that there are not, some never last. */
function message(draw: Draw): Buffer {
  const context = draw.chance(0.95) ? draw.pick([1, 3, 3, 3, 5, 7]) : draw.below(256);
  const hasDataSet = draw.chance(0.7);
  const pieces = [split(draw, context, 1, commandSet(draw, hasDataSet))];
  if (draw.chance(hasDataSet ? 0.95 : 0.1))
    pieces.push(split(draw, context, 0, draw.bytes(draw.pick([0, 1, 40, 5_000]))));
  return Buffer.concat(pieces);
}

function split(draw: Draw, context: number, isCommand: 0 | 1, bytes: Buffer): Buffer {
  const step = draw.pick([7, 100, 2_000, 20_000]);
  const values: Buffer[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += step) {
    const piece = bytes.subarray(at, at + step);
    const isLast = at + step >= bytes.length && draw.chance(0.97);
    const head = Buffer.from([0, 0, 0, 0, context, isCommand | (isLast ? 2 : 0)]);
    head.writeUInt32BE(draw.chance(0.999) ? piece.length + 2 : draw.pick(EDGES));
    values.push(Buffer.concat([head, piece]));
  }
  if (draw.chance(0.3)) return pdu(4, Buffer.concat(values));
  return Buffer.concat(values.map((value) => pdu(4, value)));
}

const SHORT = [5, 6, 7, 3, 2, 1, 4, 0, 0x42, 0xff];

function anyPdu(draw: Draw): Buffer {
  const content = draw.bytes(draw.pick([0, 4, 4, 10, 68, 300]));
  return pdu(draw.pick(SHORT), content, draw.chance(0.7) ? content.length : draw.pick(EDGES));
}

/** What a peer says over one connection: an association as it should be, or nearly, or not at all. */
export function dimseStream(draw: Draw): Buffer {
  if (draw.chance(0.1)) return draw.bytes(draw.below(2_000));
  const said = [draw.chance(0.9) ? associateRequest(draw) : anyPdu(draw)];
  for (let count = draw.below(6); count > 0; count -= 1) said.push(draw.chance(0.9) ? message(draw) : anyPdu(draw));
  if (draw.chance(0.5)) said.push(pdu(5, Buffer.alloc(4)));
  const stream = Buffer.concat(said);
  return draw.chance(0.4) ? mutate(stream, draw, 400) : stream;
}
