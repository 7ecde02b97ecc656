import type { GenerationOrder, GenerationSink, Generator, GeneratorStats } from '@medserve/engines';
import { ServingError } from '@medserve/errors';

interface Answer {
  readonly order: GenerationOrder;
  readonly sink: GenerationSink;
  readonly words: string[];
  readonly all: number;
}

const wordsOf = ({ request, images }: GenerationOrder): string[] => {
  const last = request.turns.at(-1);
  const said = last?.parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join(' ') ?? '';
  return [...(images.length > 0 ? [`${String(images.length)}-seen`] : []), ...said.split(' ')];
};

/** Says again what it was told last, a word a step, and steps when the test says so. */
export class FakeGenerator implements Generator {
  readonly started: GenerationOrder[] = [];
  readonly cancelled: string[] = [];
  private readonly answers: Answer[] = [];
  private steps = 0;
  private rows = 0;
  private written = 0;

  constructor(readonly slots: number) {}

  start(order: GenerationOrder, sink: GenerationSink): { cancel(): void } {
    this.started.push(order);
    const words = wordsOf(order);
    const answer = { order, sink, words, all: words.length };
    this.answers.push(answer);
    return {
      cancel: () => {
        if (this.remove(answer)) this.cancelled.push(order.id);
      },
    };
  }

  /** One word more of every answer. */
  step(): void {
    this.steps += 1;
    for (const answer of [...this.answers]) {
      const word = answer.words.shift();
      this.rows += 1;
      this.written += 1;
      const isFirst = answer.words.length + 1 === answer.all;
      answer.sink.delta({ choice: 0, text: isFirst ? (word ?? '') : ` ${word ?? ''}` });
      if (answer.words.length === 0) this.end(answer);
    }
  }

  /** What is under way fails. */
  fail(error: ServingError): void {
    for (const answer of [...this.answers]) {
      this.remove(answer);
      answer.sink.failed(error);
    }
  }

  stats(): GeneratorStats {
    return {
      slots: this.slots,
      busySlots: this.answers.length,
      steps: this.steps,
      rows: this.rows,
      promptTokens: 0,
      cachedTokens: 0,
      writtenTokens: this.written,
      imageHits: 0,
      imageMisses: 0,
      cacheBytes: 0,
    };
  }

  close(): Promise<void> {
    this.fail(new ServingError('unavailable', 'The model is being unloaded.'));
    return Promise.resolve();
  }

  private remove(answer: Answer): boolean {
    const at = this.answers.indexOf(answer);
    if (at >= 0) this.answers.splice(at, 1);
    return at >= 0;
  }

  private end(answer: Answer): void {
    this.remove(answer);
    const text = wordsOf(answer.order).join(' ');
    answer.sink.done({
      choices: [{ text, toolCalls: [], finish: 'stop' }],
      usage: { prompt: 3, completion: answer.all, cached: 0, image: 0 },
      firstTokenMs: 1,
    });
  }
}
