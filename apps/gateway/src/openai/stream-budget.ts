import { OPENAI_LIMITS } from './limits';

/** What one answer holds of the budget. */
export interface StreamShare {
  /** So many bytes are held now. @returns false, and nothing changes, where all together would hold more than may be */
  hold(bytes: number): boolean;
  /** Nothing is held any more, for good. */
  close(): void;
}

/** The bytes of all answers that are sent as they are written, each from its first words until it is on record and has left. */
export class StreamBudget {
  private held = 0;

  constructor(
    private readonly gauge: { set(bytes: number): void },
    private readonly limitBytes: number = OPENAI_LIMITS.streamsBytes,
  ) {}

  open(): StreamShare {
    let own = 0;
    let isOpen = true;
    const set = (bytes: number): void => {
      this.held += bytes - own;
      own = bytes;
      this.gauge.set(this.held);
    };
    return {
      hold: (bytes) => {
        if (!isOpen || this.held - own + bytes > this.limitBytes) return false;
        set(bytes);
        return true;
      },
      close: () => {
        set(0);
        isOpen = false;
      },
    };
  }
}
