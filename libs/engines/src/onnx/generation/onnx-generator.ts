import { setImmediate as nextTurn } from 'node:timers/promises';
import { ServingError, toServingError } from '@medserve/errors';
import type {
  Generation,
  GenerationOrder,
  GenerationSink,
  Generator,
  GeneratorStats,
} from '../../generation/generator';
import { Answer } from './answer';
import { AnswerRows } from './answer-rows';
import type { Caches } from './caches';
import type { Decoder } from './decoder';
import { giveBack } from './give-back';
import type { ImageEncoder } from './image-encoder';
import type { KvRows } from './kv-rows';
import { Order } from './order';
import { passageOf, type PassageRules } from './passage';
import { Reading } from './reading';

export interface GeneratorParts extends PassageRules {
  readonly decoder: Decoder;
  readonly kv: KvRows;
  /** Absent of a model that sees no images. */
  readonly encoder: ImageEncoder | undefined;
  readonly caches: Caches;
}

/**
 * Of a prompt that is read behind a past. One token alone takes the decode step's kernels, whose numbers are not bit for bit those of
 * the same token in a longer chunk (int4: up to 1.2 in a logit), so that an answer would depend on what happened to be kept.
 */
const LEAST_CHUNK = 2;

/** Where a chunk ends that begins at `begin`: none leaves less than may be read after it. */
function chunkEnd(begin: number, length: number, most: number): number {
  const end = Math.min(begin + most, length);
  const isTooNear = length - end > 0 && length - end < LEAST_CHUNK;
  return isTooNear && end - begin > LEAST_CHUNK ? length - LEAST_CHUNK : end;
}

const closed = (): ServingError => new ServingError('unavailable', 'The model is being unloaded.');

const tooManyChoices = (slots: number): ServingError =>
  new ServingError('invalid_request', 'More choices are asked for than the model writes at once.', {
    field: 'n',
    limit: `choices: ${String(slots)}`,
  });

/**
 * Continuous batching over slots (G.-I. Yu et al., Orca, 2022). A step reads one image or one chunk of one prompt, then writes one
 * token of every answer. Whoever joins or leaves does so between steps: joining moves nothing, leaving one row or two.
 *
 * Every run gives the event loop a turn before it (ONNX Runtime's binding does), so a cancellation is heard within a step.
 */
export class OnnxGenerator implements Generator {
  private readonly rows: AnswerRows;
  private readonly waiting: Order[] = [];
  private readonly live = new Set<Order>();
  private reading: Reading | undefined;
  private looping: Promise<void> | undefined;
  private closing: Promise<void> | undefined;
  private readonly counts = { steps: 0, rows: 0, promptTokens: 0, cachedTokens: 0, writtenTokens: 0 };

  constructor(private readonly parts: GeneratorParts) {
    this.rows = new AnswerRows(parts.kv, parts.decoder);
  }

  get slots(): number {
    return this.parts.kv.rows;
  }

  start(given: GenerationOrder, sink: GenerationSink): Generation {
    const order = new Order(given, sink, () => this.live.delete(order));
    this.live.add(order);
    this.waiting.push(order);
    this.looping ??= this.loop();
    return {
      cancel: () => {
        order.cancel();
      },
    };
  }

  stats(): GeneratorStats {
    const { encoder, caches } = this.parts;
    let busySlots = 0;
    for (const order of this.live) busySlots += order.slots;
    return {
      slots: this.slots,
      busySlots: Math.min(busySlots, this.slots),
      ...this.counts,
      imageHits: encoder?.hits ?? 0,
      imageMisses: encoder?.misses ?? 0,
      cacheBytes: caches.bytes,
    };
  }

  close(): Promise<void> {
    this.closing ??= this.closeAll();
    return this.closing;
  }

  private async closeAll(): Promise<void> {
    for (const order of this.live) order.fail(closed());
    await this.looping;
    this.parts.caches.close();
    await this.parts.decoder.close();
    await this.parts.encoder?.close();
  }

  private async loop(): Promise<void> {
    // Nothing is told before `start` has returned, and what is started together is read together.
    await nextTurn();
    while (this.live.size > 0) {
      try {
        await this.step();
      } catch (error) {
        for (const order of this.live) order.fail(toServingError(error));
      }
    }
    this.sweep();
    this.looping = undefined;
  }

  private async step(): Promise<void> {
    this.sweep();
    this.admit();
    if (this.reading) {
      const { order } = this.reading;
      await this.read(this.reading).catch((error: unknown) => {
        order.fail(toServingError(error));
      });
    }
    if (this.rows.answers.length > 0) await this.write();
  }

  /** Lets go of what is over: rows, and orders with their images. */
  private sweep(): void {
    const { rows, waiting } = this;
    if (this.reading?.order.isOver === true) {
      rows.clearNext();
      this.reading = undefined;
    }
    for (let row = rows.answers.length - 1; row >= 0; row -= 1) {
      const answer = rows.answers[row];
      if (answer?.isOver !== true) continue;
      rows.leave(row);
    }
    this.shrink();
    for (let index = waiting.length - 1; index >= 0; index -= 1) {
      if (waiting[index]?.isOver === true) waiting.splice(index, 1);
    }
  }

  private shrink(): void {
    const { kv, decoder } = this.parts;
    const longest = Math.max(...kv.valid, this.reading?.passage.prompt.tokens.length ?? 0);
    if (kv.shrink(longest)) decoder.rowsChanged();
  }

  /** Begins to read the prompt that waits for longest, where there is room for all its answers. */
  private admit(): void {
    while (!this.reading) {
      const order = this.waiting[0];
      if (!order) return;
      const { choices } = order.given.request;
      if (choices <= this.slots && choices > this.slots - this.rows.next) return;
      this.waiting.shift();
      try {
        this.reading = this.begin(order);
      } catch (error) {
        order.fail(toServingError(error));
      }
    }
  }

  private begin(order: Order): Reading {
    const { kv, caches, decoder, rules, language } = this.parts;
    const { request } = order.given;
    if (this.closing) throw closed();
    if (request.choices > this.slots) throw tooManyChoices(this.slots);
    const at = performance.now();
    const passage = passageOf(order.given, this.parts);
    const length = passage.prompt.tokens.length;
    const limit = Math.min(request.maxTokens ?? rules.maxAnswerTokens, rules.contextTokens - length);
    const answers = Array.from(
      { length: request.choices },
      (_, choice) => new Answer(order, passage, language.writer(request, choice, limit), limit),
    );
    order.begin(passage.prompt, answers, at);
    if (kv.grow(length)) decoder.rowsChanged();
    order.cached = caches.prefixes.restore(kv, this.rows.next, passage.blocks, length - LEAST_CHUNK);
    this.counts.promptTokens += length;
    this.counts.cachedTokens += order.cached;
    return new Reading(order, passage, answers, order.cached);
  }

  /** One image, or one chunk of the prompt. */
  private async read(reading: Reading): Promise<void> {
    if (await this.look(reading)) return;
    const { kv, decoder, caches, rules } = this.parts;
    const { order, passage, answers } = reading;
    const { tokens } = passage.prompt;
    const row = this.rows.next;
    const begin = kv.valid[row] ?? 0;
    const end = chunkEnd(begin, tokens.length, rules.prefillTokens);
    const features = reading.featuresIn(begin, end, decoder.shape.embeds ?? 0);
    const logits = await decoder.prefill(row, tokens.subarray(begin, end), features, passage.adapter);
    order.progress('running', (100 * end) / tokens.length);
    if (end < tokens.length || order.isOver) return;
    caches.prefixes.keep(kv, row, passage.blocks);
    this.reading = undefined;
    this.rows.join(answers);
    for (const [index, answer] of answers.entries()) {
      // A copy for each but the last: whoever chooses may change it.
      this.advance(answer, row + index, index < answers.length - 1 ? logits.slice() : logits);
    }
    giveBack(logits);
  }

  /** Gets the features of images as far as they are kept, and of one that is not. @returns whether that one was run */
  private async look(reading: Reading): Promise<boolean> {
    const { encoder } = this.parts;
    const { order, passage } = reading;
    const { spans } = passage.prompt;
    for (let index = reading.nextImage(); index !== undefined; index = reading.nextImage()) {
      const key = passage.images[index] ?? '';
      const kept = encoder?.find(key);
      const image = order.given.images[spans[index]?.image ?? -1];
      const features = kept ?? (image && (await encoder?.encode(key, image)));
      if (!features) throw new ServingError('invalid_request', 'An image is missing.', { field: 'messages' });
      reading.see(index, features);
      order.progress('preprocessing', (100 * (index + 1)) / spans.length);
      if (!kept) return true;
    }
    return false;
  }

  /** One token of every answer. */
  private async write(): Promise<void> {
    const { decoder } = this.parts;
    const { answers, tokens, adapters } = this.rows;
    const count = answers.length;
    let logits: Float32Array<ArrayBuffer>;
    try {
      logits = await decoder.decode(tokens, adapters);
    } catch (error) {
      for (const { order } of answers) order.fail(toServingError(error));
      return;
    }
    this.counts.steps += 1;
    this.counts.rows += count;
    const { vocabulary } = decoder.shape;
    for (const [row, answer] of answers.entries()) {
      this.advance(answer, row, logits.subarray(row * vocabulary, (row + 1) * vocabulary));
    }
    giveBack(logits);
  }

  private advance(answer: Answer, row: number, logits: Float32Array): void {
    if (answer.isOver) return;
    const { order } = answer;
    try {
      answer.advance(logits);
    } catch (error) {
      order.fail(toServingError(error));
      return;
    }
    this.rows.tokens[row] = answer.token;
    this.counts.writtenTokens += 1;
    order.firstToken(performance.now());
    order.completeIfDone();
  }
}
