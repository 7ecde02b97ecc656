const [NUL, SPACE] = [0x00, 0x20];

/**
 * Text of a title or a UID, without the spaces and zeros around it, which mean nothing. Not by an expression such as `/[\0 ]+$/`, which
 * takes the square of the length where the spaces are not at the end.
 */
export function withoutPadding(bytes: Buffer): string {
  const isPadding = (at: number): boolean => bytes[at] === SPACE || bytes[at] === NUL;
  let [start, end] = [0, bytes.length];
  while (start < end && isPadding(start)) start += 1;
  while (end > start && isPadding(end - 1)) end -= 1;
  return bytes.toString('latin1', start, end);
}
