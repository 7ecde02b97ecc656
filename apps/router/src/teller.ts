import type { Room } from './verdicts';
import type { Waiting } from './waiting';

/** How often those who wait for a cold model hear how far it is. */
const TELL_EVERY_MS = 250;

/** Tells those who wait what they wait for and how long still. */
export class Teller {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly room: Room) {}

  /** Somebody begins to wait. */
  tell(waiting: Waiting): void {
    const { queue, pace } = this.room;
    const loading = this.room.loading();
    if (loading) waiting.tell('loading', loading.percent, loading.remainingMs);
    else waiting.tell('queued', 0, Math.ceil(pace.waitMs(queue.size) ?? 0));
    if (loading) this.timer ??= setInterval(this.tellAll, TELL_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private readonly tellAll = (): void => {
    const { queue } = this.room;
    const loading = this.room.loading();
    if (!loading || queue.size === 0) {
      this.stop();
      return;
    }
    for (const waiting of queue.inOrder()) waiting.tell('loading', loading.percent, loading.remainingMs);
  };
}
