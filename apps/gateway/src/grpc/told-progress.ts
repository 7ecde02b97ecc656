import type { InferStreamResponse } from '@medserve/contracts';
import type { RoadOptions } from '../infer/road';
import { WrittenText } from '../jobs/written-text';

/**
 * What one call is told of its request on the way. Nothing waits for its reader: progress that it cannot take is skipped, and words
 * that it cannot take come in one piece when it can.
 */
export class ToldProgress {
  readonly written = new WrittenText();
  private told = 0;
  private isFree = true;
  private sending: Promise<void> = Promise.resolve();

  /** @param send resolves when the reader takes more; rejects when it is gone */
  constructor(private readonly send: (response: InferStreamResponse) => Promise<void>) {
    this.written.onMore(() => {
      if (this.isFree) this.tellWords();
    });
  }

  readonly onProgress: NonNullable<RoadOptions['onProgress']> = ({ phase, percent, expectedMs = 0 }) => {
    if (this.isFree) this.tell({ event: { $case: 'progress', value: { phase, percent, expectedMs } } });
  };

  /** Resolves when everything written is told, or the reader is gone. */
  async finish(): Promise<void> {
    for (let sent: Promise<void> | undefined; sent !== this.sending;) {
      sent = this.sending;
      await sent;
    }
  }

  private tellWords(): void {
    const { text } = this.written;
    if (text.length === this.told) return;
    this.tell({ event: { $case: 'delta', value: { text: text.slice(this.told) } } });
    this.told = text.length;
  }

  /** A reader that is gone is never free again. */
  private tell(response: InferStreamResponse): void {
    this.isFree = false;
    this.sending = this.send(response).then(
      () => {
        this.isFree = true;
        this.tellWords();
      },
      () => undefined,
    );
  }
}
