import fc from 'fast-check';
import { byteFallbackTokenizer, byteLevelFile, byteLevelTokenizer } from '../testing/small-tokenizers';
import { TokenText } from './token-text';
import { makeTokenizer, type Tokenizer } from './tokenizer';

const SAMPLES = [
  '肺部未见明显异常。',
  'لا توجد علامات على وجود كسر',
  '👩🏽‍⚕️ and 👨‍👩‍👧‍👦 with 🏳️‍🌈',
  'a\u0301e\u0308n\u0303o\u0302\u0323',
  'हृदय का आकार सामान्य है',
  '심장 크기는 정상입니다',
  'Größe: 3 µm × 5 Å — “normal”',
];

const text = fc.oneof(
  fc.constantFrom(...SAMPLES),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme' }),
);

/** Splits text into tokens at random places, not only as the tokenizer would: a model may choose any tokens. */
const deltasOf = (tokenizer: Tokenizer, ids: readonly number[]): string[] => {
  const written = new TokenText(tokenizer);
  return [...ids.map((id) => written.push(id)), written.flush()];
};

describe.each([
  ['byte-level', () => byteLevelTokenizer(['heart', ' is', '心', '肺部', 'ل'])],
  ['byte-fallback', () => byteFallbackTokenizer(['\u2581heart', '心'])],
] as const)('the text of a %s tokenizer', (kind, make) => {
  it('is what was encoded, whatever language it is in', async () => {
    const tokenizer = await make();
    fc.assert(
      fc.property(text, (written) => {
        const given = written.toWellFormed().replaceAll('\uFDD0', '');
        // A sign for the space reads as one: this tokenizer cannot tell them apart.
        const expected = kind === 'byte-fallback' ? given.replaceAll('\u2581', ' ') : given;
        expect(deltasOf(tokenizer, tokenizer.encode(given, true)).join('')).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves in whole characters only', async () => {
    const tokenizer = await make();
    fc.assert(
      fc.property(text, (written) => {
        const given = written.toWellFormed().replaceAll(/[\uFDD0\uFFFD]/g, '');
        for (const delta of deltasOf(tokenizer, tokenizer.encode(given, true))) {
          expect(delta.isWellFormed()).toBe(true);
          expect(delta).not.toContain('\uFFFD');
        }
      }),
      { numRuns: 300 },
    );
  });

  it('of any tokens whatever is the same in pieces as whole', async () => {
    const tokenizer = await make();
    const ids = fc.array(fc.integer({ min: 0, max: tokenizer.size - 1 }), { maxLength: 40 });
    fc.assert(
      fc.property(ids, (chosen) => {
        const bytes = chosen.flatMap((id) => [...tokenizer.bytesOf(id)]);
        const whole = new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
        const expected = tokenizer.stripsFirstSpace && whole.startsWith(' ') ? whole.slice(1) : whole;
        expect(deltasOf(tokenizer, chosen).join('')).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });
});

it('of special tokens there is none', async () => {
  const tokenizer = await byteLevelTokenizer();
  expect(deltasOf(tokenizer, [tokenizer.idOf('<|im_end|>')!, ...tokenizer.encode('a', false)]).join('')).toBe('a');
});

it('parts digits of every script, and superscripts, from what stands beside them', async () => {
  const { pre_tokenizer: byteLevel, ...file } = byteLevelFile(['cm²', '٣٤']);
  const digits = { type: 'Sequence', pretokenizers: [{ type: 'Digits', individual_digits: true }, byteLevel] };
  const tokenizer = await makeTokenizer({ ...file, pre_tokenizer: digits });
  // Two bytes each, and only whole words have tokens here.
  expect(tokenizer.encode('cm²', true)).toHaveLength(1 + 2);
  expect(tokenizer.encode('٣٤', true)).toHaveLength(1 + 2);
});
