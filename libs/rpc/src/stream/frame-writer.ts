import type { Writable } from 'node:stream';
import type { EncodedFrame } from '../frame/frame-payload';

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
    private readonly sink: Writable,
    private readonly onDrained: () => void = nothing,
  ) {
    sink.on('drain', () => {
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
    this.queue.push({ frame, wanted, written });
    this.pump();
  }

  private pump(): void {
    let next = 0;
    while (!this.draining && next < this.queue.length) {
      const entry = this.queue[next];
      next += 1;
      if (!entry?.wanted() || this.sink.destroyed || this.sink.writableEnded) continue;
      entry.written();
      this.draining = !this.sink.write(entry.frame);
    }
    this.queue = next === this.queue.length ? [] : this.queue.slice(next);
  }
}
