import type { GeneratedChoice, GenerationDelta } from '@medserve/clinical';
import type { ServingError } from '@medserve/errors';
import type { GenerationOrder, GenerationSink } from '../../generation/generator';
import type { Prompt } from './prompt';

/** One of its answers. */
export interface Outcome {
  /** Absent: it is being written. */
  readonly result: GeneratedChoice | undefined;
  /** Tokens. */
  readonly written: number;
}

/** What became of an order when its turn came. */
interface Begun {
  readonly prompt: Prompt;
  readonly answers: readonly Outcome[];
  readonly at: number;
}

/** A request under way, from its start to the one end that its sink is told. */
export class Order {
  /** Of its prompt, positions that were found in the cache. */
  cached = 0;
  isOver = false;
  private begun: Begun | undefined;
  private firstTokenMs: number | undefined;

  /** @param onOver is called once, before the sink is told of the end */
  constructor(
    readonly given: GenerationOrder,
    private readonly sink: GenerationSink,
    private readonly onOver: (order: Order) => void,
  ) {}

  /** Slots that it takes. */
  get slots(): number {
    if (this.isOver) return 0;
    const done = this.begun?.answers.filter(({ result }) => result !== undefined).length ?? 0;
    return this.given.request.choices - done;
  }

  begin(prompt: Prompt, answers: readonly Outcome[], at: number): void {
    this.begun = { prompt, answers, at };
  }

  progress(phase: 'preprocessing' | 'running', percent: number): void {
    if (!this.isOver) this.sink.progress(phase, percent);
  }

  /** @param written tokens of the choice so far */
  tell(delta: GenerationDelta, written: number): void {
    if (this.isOver) return;
    const prompt = this.begun?.prompt.tokens.length;
    this.sink.delta(prompt === undefined ? delta : { ...delta, usage: { prompt, completion: written } });
  }

  firstToken(now: number): void {
    this.firstTokenMs ??= now - (this.begun?.at ?? now);
  }

  cancel(): void {
    this.end();
  }

  fail(error: ServingError): void {
    if (this.isOver) return;
    this.end();
    this.sink.failed(error);
  }

  /** Tells the result once every answer has one. */
  completeIfDone(): void {
    if (this.isOver || !this.begun) return;
    const { answers, prompt } = this.begun;
    const choices: GeneratedChoice[] = [];
    for (const { result } of answers) {
      if (!result) return;
      choices.push(result);
    }
    this.end();
    this.sink.done({
      choices,
      usage: {
        prompt: prompt.tokens.length,
        completion: answers.reduce((sum, { written }) => sum + written, 0),
        cached: this.cached,
        image: prompt.spans.reduce((sum, { begin, end }) => sum + end - begin, 0),
      },
      ...(this.firstTokenMs === undefined ? {} : { firstTokenMs: this.firstTokenMs }),
    });
  }

  private end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.onOver(this);
  }
}
