import type { Tokenizer } from './tokenizer';

/**
 * The text of an answer, token by token. A character leaves when its last byte is there; bytes that are no character become
 * U+FFFD, as they do when all tokens are decoded together.
 */
export class TokenText {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #began: boolean;

  constructor(private readonly tokenizer: Tokenizer) {
    this.#began = !tokenizer.stripsFirstSpace;
  }

  /** @returns the characters that this token completes */
  push(id: number): string {
    const bytes = this.tokenizer.bytesOf(id);
    return bytes.length === 0 ? '' : this.#begin(this.#decoder.decode(bytes, { stream: true }));
  }

  /** What is left of bytes when nothing more comes. */
  flush(): string {
    return this.#begin(this.#decoder.decode());
  }

  #begin(text: string): string {
    if (this.#began || text === '') return text;
    this.#began = true;
    return text.startsWith(' ') ? text.slice(1) : text;
  }
}
