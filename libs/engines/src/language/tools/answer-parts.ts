import type { GenerationDelta, ToolCall } from '@medserve/clinical';
import { StopTexts } from '../text/stop-texts';

export type CallDelta = NonNullable<GenerationDelta['toolCalls']>[number];

/** What an answer's text turns out to be: words, calls, or both. */
export interface AnswerParts {
  push(text: string): void;
  /**
   * Nothing more comes: what was held back is what it is.
   *
   * @param isCut whether the answer would have gone on, but for its limit
   */
  flush(isCut: boolean): void;
  /** What came since the call before. */
  take(): { readonly text: string; readonly calls: readonly CallDelta[] };
  readonly text: string;
  readonly calls: readonly ToolCall[];
  /** Nothing more is wanted, though the model might go on. */
  readonly complete: boolean;
  /** A stop text ended it. */
  readonly stopped: boolean;
}

/** Keeps what was written, whole and as it leaves. Only text passes the stop texts: nobody knows how calls are written. */
export class Ledger {
  text = '';
  readonly calls: ToolCall[] = [];
  #text = '';
  #deltas: CallDelta[] = [];

  constructor(private readonly stops = new StopTexts([])) {}

  get stopped(): boolean {
    return this.stops.stopped;
  }

  write(text: string): void {
    this.#tell(this.stops.push(text));
  }

  /** Nothing more comes: what only looked like a stop text was none. */
  flush(): void {
    this.#tell(this.stops.flush());
  }

  call(id: string, name: string): void {
    this.#deltas.push({ index: this.calls.length, id, name, arguments: '' });
    this.calls.push({ id, name, arguments: '' });
  }

  /** Of the call that began last. */
  argue(text: string): void {
    const index = this.calls.length - 1;
    const call = this.calls[index];
    if (!call || text === '') return;
    this.calls[index] = { ...call, arguments: call.arguments + text };
    const last = this.#deltas.at(-1);
    if (last?.index === index) this.#deltas.splice(-1, 1, { ...last, arguments: last.arguments + text });
    else this.#deltas.push({ index, arguments: text });
  }

  take(): { text: string; calls: CallDelta[] } {
    const taken = { text: this.#text, calls: this.#deltas };
    this.#text = '';
    this.#deltas = [];
    return taken;
  }

  #tell(text: string): void {
    this.text += text;
    this.#text += text;
  }
}
