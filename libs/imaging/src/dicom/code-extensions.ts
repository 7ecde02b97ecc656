/*
 * Code extensions of ISO 2022 as PS3.5 6.1.2.5 and PS3.3 tables C.12-3 and C.12-4 have them: an escape sequence says what the bytes
 * below 128 (G0) or above (G1) mean from there on.
 */

type Lower = 'ascii' | 'jis-x-0208' | 'jis-x-0212';

interface Designated {
  readonly lower: Lower;
  /** Encoding whose upper half is in G1. */
  readonly upper: string;
}

/** What follows ESC. The longer ones first, where one begins like another. */
const SEQUENCES: readonly (readonly [string, Partial<Designated>])[] = [
  ['$)C', { upper: 'euc-kr' }],
  ['$)A', { upper: 'gbk' }],
  ['$(D', { lower: 'jis-x-0212' }],
  ['$B', { lower: 'jis-x-0208' }],
  ['$@', { lower: 'jis-x-0208' }],
  ['(B', { lower: 'ascii' }],
  ['(J', { lower: 'ascii' }],
  [')I', { upper: 'shift_jis' }],
  ['-A', { upper: 'latin1' }],
  ['-B', { upper: 'iso-8859-2' }],
  ['-C', { upper: 'iso-8859-3' }],
  ['-D', { upper: 'iso-8859-4' }],
  ['-F', { upper: 'iso-8859-7' }],
  ['-G', { upper: 'iso-8859-6' }],
  ['-H', { upper: 'iso-8859-8' }],
  ['-L', { upper: 'iso-8859-5' }],
  ['-M', { upper: 'iso-8859-9' }],
  ['-T', { upper: 'windows-874' }],
  ['-b', { upper: 'iso-8859-15' }],
];

const ESCAPE = 0x1b;
/** Back to what was declared first: between values, lines, and the parts of a name (PS3.5 6.1.2.5.3). */
const RESETS = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x5c, 0x5e, 0x3d]);

/** @param encoding of the character set that is declared first */
export function decodeExtended(bytes: Buffer, encoding: string): string {
  const initial: Designated = { lower: 'ascii', upper: encoding };
  let designated = initial;
  let text = '';
  let from = 0;
  const flush = (to: number): void => {
    text += decodePart(bytes.subarray(from, to), designated);
    from = to;
  };
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === ESCAPE) {
      flush(at);
      const found = SEQUENCES.find(
        ([sequence]) => bytes.toString('latin1', at + 1, at + 1 + sequence.length) === sequence,
      );
      // One that the standard does not have stays as it is.
      if (found === undefined) continue;
      designated = { ...designated, ...found[1] };
      from = at + 1 + found[0].length;
      at = from - 1;
    } else if (designated.lower === 'ascii' && designated !== initial && RESETS.has(bytes[at] ?? 0)) {
      flush(at);
      designated = initial;
    }
  }
  flush(bytes.length);
  return text;
}

function decodePart(bytes: Buffer, { lower, upper }: Designated): string {
  switch (lower) {
    case 'ascii':
      return new TextDecoder(upper).decode(bytes);
    case 'jis-x-0208':
      return new TextDecoder('euc-jp').decode(bytes.map(lifted));
    case 'jis-x-0212':
      return new TextDecoder('euc-jp').decode(inThirdSet(bytes));
  }
}

/** EUC-JP is JIS with the eighth bit set; controls and spaces stay. */
const lifted = (byte: number): number => (byte > 0x20 && byte < 0x7f ? byte | 0x80 : byte);

/** EUC-JP marks each character of JIS X 0212 by a byte before it. */
function inThirdSet(bytes: Buffer): Buffer {
  const marked: number[] = [];
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    marked.push(0x8f, lifted(bytes[at] ?? 0), lifted(bytes[at + 1] ?? 0));
  }
  return Buffer.from(marked);
}
