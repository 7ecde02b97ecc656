import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { Frame, Routing } from '@medserve/contracts';
import { ServingError } from '@medserve/errors';
import { FramePayload } from './frame-payload';
import { lengthBytes, writeLengthPrefix } from './length-prefix';

const RAW = 7;
const FILLER = 15;
/** grpc-js keeps a received message in one buffer behind its prefix: compression flag and length. */
const GRPC_PREFIX_BYTES = 5;
const ALIGNMENT_BYTES = 16;

const REQUEST = 2;
const BODIES = { [REQUEST]: 'request', 3: 'response', 4: 'progress', 5: 'failure', 6: 'cancel', 9: 'delta' } as const;
export type FrameKind = (typeof BODIES)[keyof typeof BODIES];

const isBody = (field: number): field is keyof typeof BODIES => field in BODIES;
const malformed = (cause: unknown) => new ServingError('invalid_request', 'A frame is not well formed.', { cause });

/** Tag and length of a payload at `position`, with the filler that puts the payload on a 16-byte boundary. */
function rawPrefix(position: number, byteLength: number): Uint8Array {
  const head = 1 + lengthBytes(byteLength);
  const over = (GRPC_PREFIX_BYTES + position + head) % ALIGNMENT_BYTES;
  // Tag and length of the filler take two bytes themselves, so a gap of one needs another line of sixteen.
  const gap = over === 0 ? 0 : ALIGNMENT_BYTES - over;
  const filler = gap === 1 ? gap + ALIGNMENT_BYTES : gap;
  const prefix = new Uint8Array(filler + head);
  if (filler > 0) writeLengthPrefix(prefix, 0, FILLER, filler - 2);
  writeLengthPrefix(prefix, filler, RAW, byteLength);
  return prefix;
}

/** Encodes a frame without copying `frame.raw`: the payloads must not change until there is an answer. */
export function encodeFrame(frame: Omit<Frame, 'decisionJson'>): FramePayload {
  const header = Frame.encode({ ...frame, raw: [], decisionJson: '' }).finish();
  const parts: Uint8Array[] = [header];
  let position = header.byteLength;
  for (const raw of frame.raw) {
    const prefix = rawPrefix(position, raw.byteLength);
    parts.push(prefix, raw);
    position += prefix.byteLength + raw.byteLength;
  }
  return new FramePayload(parts);
}

/**
 * Decodes a frame; `raw` are views into `bytes`, which must not be reused. Reads whatever a protobuf encoder may write.
 *
 * @throws ServingError `invalid_request` when `bytes` are no frame.
 */
export function decodeFrame(bytes: Uint8Array): Frame {
  const raw: Uint8Array[] = [];
  const rest: Uint8Array[] = [];
  try {
    const reader = new BinaryReader(bytes);
    while (reader.pos < reader.len) {
      const start = reader.pos;
      const [field, wireType] = reader.tag();
      if (field === RAW && wireType === WireType.LengthDelimited) {
        raw.push(reader.bytes());
      } else {
        reader.skip(wireType, field);
        rest.push(bytes.subarray(start, reader.pos));
      }
    }
    const frame = Frame.decode(rest.length === 1 && rest[0] ? rest[0] : Buffer.concat(rest));
    frame.raw = raw;
    return frame;
  } catch (error) {
    throw malformed(error);
  }
}

export interface FramePeek {
  readonly id: string;
  readonly kind: FrameKind | undefined;
  /** Only of a request. */
  readonly routing: Routing | undefined;
}

function peekRouting(bytes: Uint8Array): Routing | undefined {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1 && wireType === WireType.LengthDelimited) return Routing.decode(reader.bytes());
    reader.skip(wireType, field);
  }
  return undefined;
}

/**
 * Reads what a forwarder needs and nothing behind it: neither parameters nor payloads.
 *
 * @throws ServingError `invalid_request` when `bytes` do not begin like a frame.
 */
export function peekFrame(bytes: Uint8Array): FramePeek {
  try {
    const reader = new BinaryReader(bytes);
    let id = '';
    while (reader.pos < reader.len) {
      const [field, wireType] = reader.tag();
      if (field === 1 && wireType === WireType.LengthDelimited) {
        id = reader.string();
      } else if (isBody(field) && wireType === WireType.LengthDelimited) {
        const routing = field === REQUEST ? peekRouting(reader.bytes()) : undefined;
        return { id, kind: BODIES[field], routing };
      } else {
        reader.skip(wireType, field);
      }
    }
    return { id, kind: undefined, routing: undefined };
  } catch (error) {
    throw malformed(error);
  }
}
