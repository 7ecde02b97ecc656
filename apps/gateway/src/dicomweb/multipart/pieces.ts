const FIRST_BLOCK_BYTES = 64 * 1024;
const LARGEST_BLOCK_BYTES = 4 * 1024 * 1024;

/**
 * Bytes that come in pieces of any size and are wanted in one. They are written into blocks: a piece that is kept as it came takes some
 * hundred bytes beside its own, which no count of bytes shows where a sender sends single ones; and the memory of many pieces of 64 KiB
 * is not given back to the system once they are let go (measured: 989 of 1,013 MiB stayed; 145 of 1,027 with blocks of 4 MiB).
 */
export class Pieces {
  private full: Buffer[] = [];
  private block = Buffer.alloc(0);
  private filled = 0;
  private total = 0;

  add(piece: Buffer): void {
    this.total += piece.length;
    for (let from = 0; from < piece.length;) {
      if (this.filled === this.block.length) this.nextBlock();
      const copied = piece.copy(this.block, this.filled, from);
      this.filled += copied;
      from += copied;
    }
  }

  /** All of it, in the order in which it came; then there is nothing. */
  take(): Buffer {
    const all = Buffer.concat([...this.full, this.block.subarray(0, this.filled)]);
    this.full = [];
    this.block = Buffer.alloc(0);
    this.filled = 0;
    this.total = 0;
    return all;
  }

  /** Blocks grow with what came, so that a small part does not take a large one. */
  private nextBlock(): void {
    if (this.filled > 0) this.full.push(this.block);
    this.block = Buffer.allocUnsafeSlow(Math.min(Math.max(this.total, FIRST_BLOCK_BYTES), LARGEST_BLOCK_BYTES));
    this.filled = 0;
  }
}
