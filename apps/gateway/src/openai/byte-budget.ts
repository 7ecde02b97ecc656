/** What one request holds of a budget. */
export interface ByteShare {
  /** So many bytes are held now. @returns false, and nothing changes, where all together would hold more than may be */
  hold(bytes: number): boolean;
  /** Nothing is held any more, for good. */
  close(): void;
}

/** Bytes that all requests of a kind may hold together. */
export class ByteBudget {
  private held = 0;

  constructor(
    readonly limitBytes: number,
    private readonly gauge?: { set(bytes: number): void },
  ) {}

  open(): ByteShare {
    let own = 0;
    let isOpen = true;
    const set = (bytes: number): void => {
      this.held += bytes - own;
      own = bytes;
      this.gauge?.set(this.held);
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
