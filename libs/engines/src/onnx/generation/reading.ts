import type { Answer } from './answer';
import type { FeatureRows } from './decoder';
import type { Order } from './order';
import type { Passage } from './passage';

/** A prompt being read: its images first, as far as they are needed, then all of it chunk by chunk. */
export class Reading {
  /** By span of the prompt; absent: not needed, or not there yet. */
  private readonly features: (Float32Array | undefined)[] = [];

  /**
   * @param answers that begin when it was read
   * @param from positions that its row holds already
   */
  constructor(
    readonly order: Order,
    readonly passage: Passage,
    readonly answers: readonly Answer[],
    private readonly from: number,
  ) {}

  /** Index of the first span whose features are needed and not there. */
  nextImage(): number | undefined {
    const index = this.passage.prompt.spans.findIndex(({ end }, at) => end > this.from && !this.features[at]);
    return index < 0 ? undefined : index;
  }

  see(span: number, features: Float32Array): void {
    this.features[span] = features;
  }

  /** What of the images lies in the positions `begin` to `end`. @param width numbers of one position */
  featuresIn(begin: number, end: number, width: number): FeatureRows[] {
    return this.passage.prompt.spans.flatMap((span, index) => {
      const [from, to] = [Math.max(begin, span.begin), Math.min(end, span.end)];
      const values = this.features[index]?.subarray((from - span.begin) * width, (to - span.begin) * width);
      return values && to > from ? [{ at: from - begin, values }] : [];
    });
  }
}
