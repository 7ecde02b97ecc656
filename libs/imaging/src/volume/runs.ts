/** A list of 32-bit integers that grows. */
class IntegerList {
  #values = new Int32Array(4096);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Int32Array(2 * this.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  at(index: number): number {
    return this.#values[index] as number;
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }
}

/**
 * Stretches of a binary image, row by row, that know which others they are connected with (union-find with path halving).
 * What is empty or full costs next to nothing, so a volume takes milliseconds.
 */
export class Runs {
  readonly #starts = new IntegerList();
  readonly #ends = new IntegerList();
  readonly #parents = new IntegerList();

  get count(): number {
    return this.#starts.length;
  }

  /** A stretch of columns from `start` up to, not including, `end`. Returns its number. */
  add(start: number, end: number): number {
    const index = this.#starts.length;
    this.#starts.push(start);
    this.#ends.push(end);
    this.#parents.push(index);
    return index;
  }

  start(index: number): number {
    return this.#starts.at(index);
  }

  end(index: number): number {
    return this.#ends.at(index);
  }

  /** The number of the stretch that stands for all that are connected with this one. */
  root(index: number): number {
    let at = index;
    while (this.#parents.at(at) !== at) {
      this.#parents.set(at, this.#parents.at(this.#parents.at(at)));
      at = this.#parents.at(at);
    }
    return at;
  }

  join(a: number, b: number): void {
    const [one, other] = [this.root(a), this.root(b)];
    if (one < other) this.#parents.set(other, one);
    else this.#parents.set(one, other);
  }

  /** Joins the stretches of two rows that share a column; each row is given as the numbers from its first up to its last. */
  joinRows(from: number, to: number, otherFrom: number, otherTo: number): void {
    let a = from;
    let b = otherFrom;
    while (a < to && b < otherTo) {
      if (this.start(a) < this.end(b) && this.start(b) < this.end(a)) this.join(a, b);
      if (this.end(a) < this.end(b)) a++;
      else b++;
    }
  }
}
