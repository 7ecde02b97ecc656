import { callId } from './call-id';
import { Ledger, type AnswerParts } from './answer-parts';

/** An answer that is the arguments of one function: its name stands in the prompt, and a format holds it to the arguments. */
export class NamedCall implements AnswerParts {
  readonly #ledger = new Ledger();
  readonly text = '';
  readonly complete = false;
  readonly stopped = false;

  constructor(name: string) {
    this.#ledger.call(callId(), name);
  }

  get calls(): AnswerParts['calls'] {
    return this.#ledger.calls;
  }

  push(text: string): void {
    this.#ledger.argue(text);
  }

  flush(): void {
    // Nothing is held back.
  }

  take(): ReturnType<AnswerParts['take']> {
    return this.#ledger.take();
  }
}
