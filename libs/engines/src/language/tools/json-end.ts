/** Finds where a JSON object or array ends in a text that comes in pieces. Only brackets and texts are looked at. */
export class JsonEnd {
  #depth = 0;
  #inText = false;
  #escaped = false;
  #done = false;

  /** @returns how many UTF-16 units of the piece belong to the value, from `from` on; not to be called after its end */
  take(piece: string, from: number): number {
    for (let at = from; at < piece.length; at += 1) {
      this.#done = this.#read(piece.charAt(at));
      if (this.#done) return at + 1 - from;
    }
    return piece.length - from;
  }

  get done(): boolean {
    return this.#done;
  }

  /** @returns whether the value ends with it */
  #read(character: string): boolean {
    if (this.#escaped) this.#escaped = false;
    else if (this.#inText) {
      if (character === '\\') this.#escaped = true;
      else if (character === '"') this.#inText = false;
    } else if (character === '"') this.#inText = true;
    else if (character === '{' || character === '[') this.#depth += 1;
    else if (character === '}' || character === ']') {
      this.#depth -= 1;
      return this.#depth <= 0;
    }
    return false;
  }
}
