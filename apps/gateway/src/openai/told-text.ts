import { createHash } from 'node:crypto';

/** The text of one choice as it was told while it was written, by its length and its hash: to hold it against the whole. */
export class ToldText {
  private readonly hash = createHash('sha256');
  private length = 0;
  private isBegun = false;

  /** Whether anything was told of the choice, were it other than text. */
  get hasBegun(): boolean {
    return this.isBegun;
  }

  add(text: string): void {
    this.isBegun = true;
    this.length += text.length;
    this.hash.update(unitsOf(text));
  }

  /** Whether what was told is all of the text and nothing else. To be asked once, at the end. */
  isWhole(text: string): boolean {
    return (
      this.length === text.length && this.hash.digest().equals(createHash('sha256').update(unitsOf(text)).digest())
    );
  }
}

/** A character may be told in two halves, which UTF-8 does not have. */
const unitsOf = (text: string): Buffer => Buffer.from(text, 'utf16le');
