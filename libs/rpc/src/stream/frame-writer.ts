import type { EncodedFrame } from '../frame/frame-payload';
import type { DirectLine } from './direct-line';

interface Entry {
  readonly frame: EncodedFrame;
  readonly wanted: () => boolean;
  readonly written: () => void;
}

const always = () => true;
const nothing = () => undefined;

/**
 * Writes frames in order and no faster than the other side reads: while the stream wants to drain, frames wait here, where
 * those that nobody wants any more are dropped. `backlog` tells an owner when to stop making more.
 */
export class FrameWriter {
  private queue: Entry[] = [];
  private draining = false;

  constructor(
    private readonly line: DirectLine,
    private readonly onDrained: () => void = nothing,
  ) {
    line.stream.on('drain', () => {
      this.draining = false;
      this.pump();
      if (this.queue.length === 0) this.onDrained();
    });
  }

  get backlog(): number {
    return this.queue.length;
  }

  /** `written` is called when the frame was handed to the stream; not at all when `wanted` had become false by then. */
  write(frame: EncodedFrame, wanted: () => boolean = always, written: () => void = nothing): void {
    const entry = { frame, wanted, written };
    if (this.draining || this.queue.length > 0) this.queue.push(entry);
    else this.hand(entry);
  }

  private pump(): void {
    let next = 0;
    for (let entry = this.queue[next]; entry && !this.draining; entry = this.queue[next]) {
      next += 1;
      this.hand(entry);
    }
    this.queue = next === this.queue.length ? [] : this.queue.slice(next);
  }

  private hand({ frame, wanted, written }: Entry): void {
    const { line } = this;
    if (!wanted() || line.stream.destroyed || line.stream.writableEnded) return;
    written();
    this.draining = !line.write(frame);
  }
}
