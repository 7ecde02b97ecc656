const HIGH_SURROGATE = /[\uD800-\uDBFF]$/;

/**
 * Cuts a text into pieces that a browser lays out one by one, after the last line break that a piece reaches, and never within a
 * character. Together they are the text.
 *
 * @param length characters (UTF-16 code units) of a piece
 */
export function chunksOf(text: string, length: number): readonly string[] {
  const chunks: string[] = [];
  let at = 0;
  while (text.length - at > length) {
    const full = text.slice(at, at + length);
    const lineEnd = full.lastIndexOf('\n') + 1;
    const end = lineEnd > length / 2 ? lineEnd : HIGH_SURROGATE.test(full) ? length - 1 : length;
    chunks.push(full.slice(0, end));
    at += end;
  }
  chunks.push(text.slice(at));
  return chunks;
}
