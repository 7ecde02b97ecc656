import { makeTokenizer, type Tokenizer } from '../text/tokenizer';

export const CONTROL = ['<|pad|>', '<|im_start|>', '<|im_end|>', '<image>'];

const added = CONTROL.map((content, id) => ({ id, content, special: true }));

/** The 256 signs of a byte-level vocabulary, by byte. */
const SIGNS: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    return String.fromCharCode(isPrintable ? byte : next++);
  });
})();

const inSigns = (text: string): string =>
  Array.from(new TextEncoder().encode(text), (byte) => SIGNS[byte] as string).join('');

/** Merges that make the words, sign by sign from the left. */
function mergesOf(words: readonly string[]): [string, string][] {
  const merges = new Map<string, [string, string]>();
  for (const word of words) {
    const signs = Array.from(inSigns(word));
    for (let length = 1; length < signs.length; length += 1) {
      const pair: [string, string] = [signs.slice(0, length).join(''), signs[length] as string];
      merges.set(JSON.stringify(pair), pair);
    }
  }
  return [...merges.values()];
}

/** A byte-level BPE tokenizer as GPT-2's: every byte is a token, and so is each of the words. */
export function byteLevelFile(words: readonly string[] = []) {
  const merges = mergesOf(words);
  const names = new Set([...CONTROL, ...SIGNS, ...merges.map((pair) => pair.join(''))]);
  return {
    version: '1.0',
    added_tokens: added,
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      unk_token: null,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries([...names].map((name, id) => [name, id])),
      merges,
    },
  };
}

/** Pieces with a sign for the space, and a token for each byte that no piece covers, as Llama's. */
function byteFallbackFile(pieces: readonly string[] = []) {
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
  const letters = Array.from({ length: 95 }, (_, at) => String.fromCharCode(0x20 + at).replace(' ', '\u2581'));
  const names = new Set([...CONTROL, '<unk>', ...bytes, ...letters, ...pieces]);
  const merges = pieces.flatMap((piece) => {
    const signs = Array.from(piece);
    return signs.slice(1).map((sign, at): [string, string] => [signs.slice(0, at + 1).join(''), sign]);
  });
  for (const pair of merges) names.add(pair.join(''));
  return {
    version: '1.0',
    added_tokens: added,
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'Prepend', prepend: '\u2581' },
        { type: 'Replace', pattern: { String: ' ' }, content: '\u2581' },
      ],
    },
    pre_tokenizer: null,
    post_processor: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '\u2581' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        { type: 'Strip', content: ' ', start: 1, stop: 0 },
      ],
    },
    model: {
      type: 'BPE',
      unk_token: '<unk>',
      byte_fallback: true,
      ignore_merges: false,
      vocab: Object.fromEntries([...names].map((name, id) => [name, id])),
      merges,
    },
  };
}

export const byteLevelTokenizer = (words?: readonly string[]): Promise<Tokenizer> =>
  makeTokenizer(byteLevelFile(words));

export const byteFallbackTokenizer = (pieces?: readonly string[]): Promise<Tokenizer> =>
  makeTokenizer(byteFallbackFile(pieces));
