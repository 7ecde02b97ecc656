/** Smaller pieces are gathered: each kept by itself would take more memory around its bytes than for them. */
const CRUMB_BYTES = 4 * 1024;
const SLAB_BYTES = 64 * 1024;

/** What came of an instance, in its order, until it is written: in little more memory than its bytes, however small the pieces. */
export class HeldBytes {
  private pieces: Buffer[] = [];
  /** What is left of the memory that crumbs are copied to. */
  private slab = Buffer.alloc(0);
  /** Crumbs that stand behind one another in the slab. */
  private gathered = Buffer.alloc(0);
  private total = 0;

  constructor(first: Buffer) {
    this.add(first);
  }

  get bytes(): number {
    return this.total;
  }

  add(piece: Buffer): void {
    this.total += piece.length;
    if (piece.length >= CRUMB_BYTES) {
      this.flush();
      this.pieces.push(piece);
      return;
    }
    if (this.gathered.length + piece.length > this.slab.length) {
      this.flush();
      if (piece.length > this.slab.length) this.slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    }
    piece.copy(this.slab, this.gathered.length);
    this.gathered = this.slab.subarray(0, this.gathered.length + piece.length);
  }

  /** All of it, to be written in this order. */
  parts(): readonly Buffer[] {
    this.flush();
    return this.pieces;
  }

  private flush(): void {
    if (this.gathered.length === 0) return;
    this.pieces.push(this.gathered);
    this.slab = this.slab.subarray(this.gathered.length);
    this.gathered = Buffer.alloc(0);
  }
}
