const [NUL, SPACE] = [0x00, 0x20];

/**
 * Text without the spaces and zeros that fill it up to an even length. Not by an expression such as `/[\0 ]+$/`, which takes the square
 * of the length where the spaces are not at the end: seconds for a value of 64 KiB.
 */
export function withoutPadding(text: string): string {
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === SPACE || text.charCodeAt(end - 1) === NUL)) end -= 1;
  return text.slice(0, end);
}
