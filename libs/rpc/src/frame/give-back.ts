/** Smaller messages may share memory with others, and cost little to touch anew. */
const LARGE_BYTES = 256 << 10;

/**
 * Gives the memory of a large message back at once. A collector that nothing hurries finds it seconds later; until then every
 * further message is put into memory that was not used before, and touching that costs more than filling it.
 *
 * Only for who knows that nobody sends from that memory any more: of a message that was sent, when its answer is here. Whoever
 * looks at `bytes` afterwards finds none, and never those of another message.
 */
export function giveBack(bytes: Uint8Array): void {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= LARGE_BYTES) buffer.transfer(0);
}
