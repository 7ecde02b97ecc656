/** Minimal Lower Layer Protocol, release 1: a message between VT and FS CR. */
const START = 0x0b;
const END = 0x1c;
const CARRIAGE_RETURN = 0x0d;

export const frameOf = (message: string): Buffer =>
  Buffer.concat([Buffer.from([START]), Buffer.from(message, 'utf8'), Buffer.from([END, CARRIAGE_RETURN])]);

/**
 * Puts messages together from what arrives, wherever the network cut it: characters are decoded once their message is whole. Bytes
 * between messages are left out. @throws RangeError for a message that is larger than may be
 */
export class MllpFrames {
  private kept = Buffer.alloc(0);

  constructor(private readonly maxBytes: number) {}

  push(chunk: Buffer): string[] {
    this.kept = Buffer.concat([this.kept, chunk]);
    const messages: string[] = [];
    for (;;) {
      const start = this.kept.indexOf(START);
      if (start < 0) {
        this.kept = Buffer.alloc(0);
        return messages;
      }
      const end = this.kept.indexOf(Buffer.from([END, CARRIAGE_RETURN]), start);
      if (end < 0) {
        this.kept = this.kept.subarray(start);
        if (this.kept.length > this.maxBytes) throw new RangeError('A message of the peer is too large.');
        return messages;
      }
      messages.push(this.kept.toString('utf8', start + 1, end));
      this.kept = this.kept.subarray(end + 2);
    }
  }
}
