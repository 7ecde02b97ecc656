import { broken } from '../../broken';

/** A decoder step of `tokenizer.json`. */
interface DecoderStep {
  readonly type: string;
  readonly decoders?: readonly DecoderStep[];
  readonly pattern?: { readonly String?: string };
  readonly content?: string;
  readonly replacement?: string;
}

/** How the text of a vocabulary entry becomes bytes of the answer. */
export interface TokenBytes {
  bytesOf(token: string): Uint8Array;
  /** Whether an answer loses the one space that it begins with. */
  readonly stripsFirstSpace: boolean;
}

/**
 * Byte-level vocabularies write every byte as one printable character (GPT-2, `bytes_to_unicode`): printable Latin-1 stands for
 * itself, the 68 others for U+0100 and on.
 */
const BYTE_OF_CHARACTER: ReadonlyMap<string, number> = (() => {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  const isPrintable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  const others = bytes.filter((byte) => !isPrintable(byte));
  return new Map([
    ...bytes.filter(isPrintable).map((byte): [string, number] => [String.fromCharCode(byte), byte]),
    ...others.map((byte, index): [string, number] => [String.fromCharCode(0x100 + index), byte]),
  ]);
})();

const utf8 = new TextEncoder();

function byteLevel(token: string): Uint8Array {
  const bytes = Array.from(token, (character) => BYTE_OF_CHARACTER.get(character));
  // An entry that was added with other characters than a byte-level one has stands for itself.
  return bytes.some((byte) => byte === undefined) ? utf8.encode(token) : Uint8Array.from(bytes as number[]);
}

const BYTE_TOKEN = /^<0x([0-9A-Fa-f]{2})>$/;

function byteFallback(token: string, space: string): Uint8Array {
  const byte = BYTE_TOKEN.exec(token)?.[1];
  return byte === undefined ? utf8.encode(token.replaceAll(space, ' ')) : Uint8Array.of(parseInt(byte, 16));
}

const SPACE = '\u2581';

/**
 * Reads the `decoder` of a `tokenizer.json`: byte-level, or pieces with a sign for the space, with or without byte tokens.
 *
 * @throws ServingError `model_broken` for any other: then a token has no bytes of its own, and text could not leave as it is written.
 */
export function tokenBytesBy(decoder: unknown): TokenBytes {
  const top = decoder as DecoderStep | null | undefined;
  const steps = top?.type === 'Sequence' ? (top.decoders ?? []) : top ? [top] : [];
  if (steps.some(({ type }) => type === 'ByteLevel')) return { bytesOf: byteLevel, stripsFirstSpace: false };
  const known = ['Replace', 'ByteFallback', 'Fuse', 'Strip', 'Metaspace'];
  const strange = steps.find(({ type }) => !known.includes(type));
  if (steps.length === 0 || strange)
    throw broken(`The tokenizer's decoder "${strange?.type ?? 'none'}" gives tokens no bytes of their own.`);
  const space =
    steps.find(({ type, content }) => type === 'Replace' && content === ' ')?.pattern?.String ??
    steps.find(({ type }) => type === 'Metaspace')?.replacement ??
    SPACE;
  return {
    bytesOf: (token) => byteFallback(token, space),
    stripsFirstSpace: steps.some(({ type, content }) => type === 'Metaspace' || (type === 'Strip' && content === ' ')),
  };
}
