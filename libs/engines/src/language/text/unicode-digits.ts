interface PreTokenizerEntry {
  readonly type: string;
  readonly individual_digits?: boolean;
  readonly pretokenizers?: readonly PreTokenizerEntry[];
}

const isEntry = (value: unknown): value is PreTokenizerEntry => typeof value === 'object' && value !== null;

/**
 * The `Digits` step parts numbers of every script, and superscripts and fractions, from what stands beside them (Rust's
 * `char::is_numeric`); @huggingface/tokenizers 0.2 parts 0 to 9 only, which would tokenise `cm²` or Arabic digits as the model never
 * saw them. The same step as a `Split` is read as it should be.
 */
export function withUnicodeDigits(preTokenizer: unknown): unknown {
  if (!isEntry(preTokenizer)) return preTokenizer;
  const { type, individual_digits: isSingle = false, pretokenizers } = preTokenizer;
  if (pretokenizers) return { ...preTokenizer, pretokenizers: pretokenizers.map(withUnicodeDigits) };
  if (type !== 'Digits') return preTokenizer;
  return { type: 'Split', pattern: { Regex: isSingle ? '\\p{N}' : '\\p{N}+' }, behavior: 'Isolated', invert: false };
}
