import { hash } from 'node:crypto';

/** Far more than an answer has; what goes beyond comes with the answer only. */
const LIMIT_CHARACTERS = 128 * 1024;

/** What a model has written of an answer so far, for who reads along, and for who comes late. It only grows. */
export class WrittenText {
  private written = '';
  private isFull = false;
  private listener: () => void = () => undefined;

  constructor(private readonly limitCharacters = LIMIT_CHARACTERS) {}

  get text(): string {
    return this.written;
  }

  /** SHA-256 of the text in UTF-8, in hex; undefined where nothing was written. */
  get sha256(): string | undefined {
    return this.written === '' ? undefined : hash('sha256', this.written, 'hex');
  }

  /** A piece that has no room any more is dropped whole, with all that come after it: what is told has no gaps. */
  push(text: string): void {
    if (text === '' || this.isFull) return;
    if (this.written.length + text.length > this.limitCharacters) {
      this.isFull = true;
      return;
    }
    this.written += text;
    this.listener();
  }

  /** Calls back whenever there is more. One listens at a time. */
  onMore(listener: () => void): void {
    this.listener = listener;
  }
}
