import type { Adapter } from './adapters';
import type { Answer } from './answer';
import type { Decoder } from './decoder';
import type { KvRows } from './kv-rows';

/**
 * Which answer is written in which row: those under way hold the first rows, in any order; the row after them is the next one's,
 * whose prompt may be read into it meanwhile.
 */
export class AnswerRows {
  readonly answers: Answer[] = [];
  /** By row: the token that was chosen last. */
  readonly tokens: Int32Array;
  /** By row. */
  readonly adapters: (Adapter | undefined)[] = [];

  constructor(
    private readonly kv: KvRows,
    private readonly decoder: Decoder,
  ) {
    this.tokens = new Int32Array(kv.rows);
  }

  get next(): number {
    return this.answers.length;
  }

  /** Gives the answers of a prompt that lies in the next row that row and those after it, each with all of the prompt. */
  join(answers: readonly Answer[]): void {
    const first = this.next;
    for (const [index, answer] of answers.entries()) {
      if (index > 0) this.kv.copyRow(first, first + index);
      this.answers.push(answer);
      this.adapters.push(answer.passage.adapter);
    }
    this.decoder.rowsChanged();
  }

  /** Frees a row: the last takes its place. What lies in the next row stays in the next one. */
  leave(row: number): void {
    const { kv } = this;
    const last = this.answers.length - 1;
    if (row < last) {
      kv.copyRow(last, row);
      this.answers[row] = this.answers[last] as Answer;
      this.adapters[row] = this.adapters[last];
      this.tokens[row] = this.tokens[last] ?? 0;
    }
    this.answers.pop();
    this.adapters.pop();
    if (last + 1 < kv.rows && (kv.valid[last + 1] ?? 0) > 0) {
      kv.copyRow(last + 1, last);
      kv.setValid(last + 1, 0);
    } else kv.setValid(last, 0);
    this.decoder.rowsChanged();
  }

  /** Forgets what lies in the next row. */
  clearNext(): void {
    if (this.next < this.kv.rows) this.kv.setValid(this.next, 0);
  }
}
