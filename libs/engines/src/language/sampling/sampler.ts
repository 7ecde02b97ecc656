import type { Sampling } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { argmax } from './argmax';
import { expOf } from './exponential';
import { randomOf, type Random } from './random';
import { selectTop } from './top-set';

/** Below this share of the most likely token's probability (e^-40, 4e-18) a token is never drawn: no draw of 53 bits tells it from 0. */
const LOG_NEGLIGIBLE = -40;

/** Memory for one choice of a token, kept between them: a choice leaves nothing of the size of a vocabulary behind. */
export class SamplingScratch {
  readonly ids: Int32Array;
  /** The logits of a row before they were changed. */
  readonly raw: Float32Array;

  /** @param size tokens of the vocabulary; what a row has beyond it is never chosen */
  constructor(readonly size: number) {
    this.ids = new Int32Array(size);
    this.raw = new Float32Array(size);
  }
}

const noneLeft = (): ServingError =>
  new ServingError('inference_failed', 'The model gave no number by which a token could be chosen.');

/**
 * Chooses the tokens of one answer. In this order: what may not follow is already -Infinity in the row; bias; penalties;
 * temperature; the topK most likely; of these so many of the most likely as have topP of their probability; a draw.
 */
export class Sampler {
  readonly #random: Random;
  readonly #bias: readonly (readonly [number, number])[];
  readonly #counts = new Map<number, number>();
  readonly #hasPenalty: boolean;

  constructor(
    private readonly sampling: Sampling,
    choice: number,
    private readonly scratch: SamplingScratch,
  ) {
    this.#random = randomOf(sampling.seed, choice);
    this.#bias = Object.entries(sampling.logitBias ?? {})
      .filter(([id]) => /^[0-9]+$/.test(id))
      .map(([id, bias]) => [Number(id), bias] as const)
      .filter(([id]) => id < scratch.size);
    this.#hasPenalty = sampling.presencePenalty !== 0 || sampling.frequencyPenalty !== 0;
  }

  /**
   * @param row logits, at least one a token of the vocabulary; changed in place
   * @returns the id of the token; of equal ones at temperature 0 the lowest
   * @throws ServingError `inference_failed` where no token has a finite logit
   */
  choose(row: Float32Array): number {
    for (const [id, bias] of this.#bias) row[id] = (row[id] as number) + bias;
    if (this.#hasPenalty) this.#penalise(row);
    const best = this.#best(row);
    const id = this.sampling.temperature === 0 ? best : this.#draw(row, best);
    if (this.#hasPenalty) this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
    return id;
  }

  #penalise(row: Float32Array): void {
    const { presencePenalty, frequencyPenalty } = this.sampling;
    for (const [id, count] of this.#counts) row[id] = (row[id] as number) - presencePenalty - frequencyPenalty * count;
  }

  #best(row: Float32Array): number {
    const best = argmax(row, this.scratch.size);
    if (best < 0 || row[best] === Infinity) throw noneLeft();
    return best;
  }

  /** Makes the row weights, 1 for the most likely token, and draws among those of the set in the order of their ids. */
  #draw(row: Float32Array, best: number): number {
    const { topP, topK = 0 } = this.sampling;
    const { ids } = this.scratch;
    let count = this.#likely(row, row[best] as number);
    const isTopK = topK > 0 && topK < count;
    if (isTopK) count = selectTop(ids, count, row, () => 1, topK);
    let sum = this.#weigh(row, count, row[best] as number);
    if (topP < 1) {
      count = this.#heavy(row, count, ((1 - topP) * sum) / count);
      count = selectTop(ids, count, row, (id) => row[id] as number, topP * sum);
      sum = 0;
      for (let at = 0; at < count; at += 1) sum += row[ids[at] as number] as number;
    }
    if (isTopK || topP < 1) ids.subarray(0, count).sort();
    let left = this.#random() * sum;
    for (let at = 0; at < count; at += 1) {
      left -= row[ids[at] as number] as number;
      if (left < 0) return ids[at] as number;
    }
    // What rounding left over belongs to the last.
    return ids[count - 1] as number;
  }

  /** Puts the ids that could be drawn into the scratch. @returns how many */
  #likely(row: Float32Array, highest: number): number {
    const { ids, size } = this.scratch;
    const least = highest + LOG_NEGLIGIBLE * this.sampling.temperature;
    let count = 0;
    for (let id = 0; id < size; id += 1) {
      if ((row[id] as number) >= least) {
        ids[count] = id;
        count += 1;
      }
    }
    return count;
  }

  /**
   * Keeps the ids whose weight is at least this. With the share that topP leaves out, divided by their number, all others together
   * are less than that share: none of them is in the set, and of most distributions few are left to select from.
   */
  #heavy(row: Float32Array, count: number, least: number): number {
    const { ids } = this.scratch;
    let kept = 0;
    for (let at = 0; at < count; at += 1) {
      const id = ids[at] as number;
      if ((row[id] as number) < least) continue;
      ids[kept] = id;
      kept += 1;
    }
    return kept;
  }

  /** Makes logits weights. @returns their sum */
  #weigh(row: Float32Array, count: number, highest: number): number {
    const { ids } = this.scratch;
    const scale = 1 / this.sampling.temperature;
    let sum = 0;
    for (let at = 0; at < count; at += 1) {
      const id = ids[at] as number;
      const weight = expOf(((row[id] as number) - highest) * scale);
      row[id] = weight;
      sum += row[id];
    }
    return sum;
  }
}
