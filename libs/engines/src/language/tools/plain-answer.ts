import { Ledger, type AnswerParts } from './answer-parts';

/** An answer in which everything is text. */
export class PlainAnswer implements AnswerParts {
  readonly #ledger = new Ledger();
  readonly calls = [];
  readonly complete = false;

  get text(): string {
    return this.#ledger.text;
  }

  push(text: string): void {
    this.#ledger.write(text);
  }

  flush(): void {
    // Nothing is held back.
  }

  take(): ReturnType<AnswerParts['take']> {
    return this.#ledger.take();
  }
}
