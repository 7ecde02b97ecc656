import type { StopTexts } from '../text/stop-texts';
import { Ledger, type AnswerParts } from './answer-parts';

/** An answer in which everything is text. */
export class PlainAnswer implements AnswerParts {
  readonly #ledger: Ledger;
  readonly calls = [];
  readonly complete = false;

  constructor(stops?: StopTexts) {
    this.#ledger = new Ledger(stops);
  }

  get stopped(): boolean {
    return this.#ledger.stopped;
  }

  get text(): string {
    return this.#ledger.text;
  }

  push(text: string): void {
    this.#ledger.write(text);
  }

  flush(): void {
    this.#ledger.flush();
  }

  take(): ReturnType<AnswerParts['take']> {
    return this.#ledger.take();
  }
}
