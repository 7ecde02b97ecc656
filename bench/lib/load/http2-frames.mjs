/* HTTP/2 frames (RFC 9113, section 4 and 6), as far as a gRPC caller that decodes no headers needs them. */

export const DATA = 0;
export const HEADERS = 1;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;

export const END_STREAM = 0x1;
export const ACK = 0x1;
const END_HEADERS = 0x4;

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
export const LARGEST_PAYLOAD = 16_384;
export const FIRST_WINDOW = 65_535;
const LARGEST_WINDOW = 2 ** 31 - 1;
const INITIAL_WINDOW_SIZE = 4;

/** What stands before a payload of so many bytes. */
export function frameHead(type, flags, stream, length) {
  const head = Buffer.allocUnsafe(9);
  head.writeUIntBE(length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return head;
}

export const frame = (type, flags, stream, payload) =>
  Buffer.concat([frameHead(type, flags, stream, payload.length), payload]);

const uint32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

export const windowUpdate = (stream, bytes) => frame(WINDOW_UPDATE, 0, stream, uint32(bytes));

/** Answers may be of any size: nothing waits for this reader. */
export const clientSettings = () =>
  frame(SETTINGS, 0, 0, Buffer.concat([Buffer.from([0, INITIAL_WINDOW_SIZE]), uint32(LARGEST_WINDOW)]));

/** The stream window that the other side's SETTINGS grant; undefined when they do not speak of it. */
export function grantedWindow(payload) {
  for (let at = 0; at + 6 <= payload.length; at += 6)
    if (payload.readUInt16BE(at) === INITIAL_WINDOW_SIZE) return payload.readUInt32BE(at + 2);
  return undefined;
}

/** An integer with a prefix of seven bits (RFC 7541, section 5.1). */
function hpackLength(length) {
  if (length < 127) return Buffer.from([length]);
  const bytes = [127];
  let rest = length - 127;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

/** A HEADERS frame with literal fields that enter no table (RFC 7541, section 6.2.2): it is the same for every request. */
export function headersFrame(fields) {
  const block = Object.entries(fields).flatMap(([name, value]) => [
    Buffer.from([0]),
    hpackLength(Buffer.byteLength(name)),
    Buffer.from(name),
    hpackLength(Buffer.byteLength(value)),
    Buffer.from(value),
  ]);
  return frame(HEADERS, END_HEADERS, 0, Buffer.concat(block));
}

/** Calls `onFrame(type, flags, stream, payload)` for every whole frame of what is pushed. */
export function frameReader(onFrame) {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (bytes.length - at >= 9) {
      const end = at + 9 + bytes.readUIntBE(at, 3);
      if (end > bytes.length) break;
      onFrame(bytes[at + 3], bytes[at + 4], bytes.readUInt32BE(at + 5) & 0x7fffffff, bytes.subarray(at + 9, end));
      at = end;
    }
    rest = bytes.subarray(at);
  };
}
