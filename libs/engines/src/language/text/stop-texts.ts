/** A stop text and how much of it the text written so far ends with (Knuth, Morris and Pratt 1977). */
interface Watched {
  readonly text: string;
  /** By length of a matched beginning: the longest shorter one that it ends with. */
  readonly shorter: readonly number[];
  matched: number;
}

function watch(text: string): Watched {
  const shorter = [0, 0];
  for (let length = 1; length < text.length; length += 1) {
    let border = shorter[length] as number;
    while (border > 0 && text[border] !== text[length]) border = shorter[border] as number;
    shorter.push(text[border] === text[length] ? border + 1 : 0);
  }
  return { text, shorter, matched: 0 };
}

/**
 * Lets text through as far as no stop text can be under way in it, and nothing from the first stop text on. Which token brought
 * which character makes no difference: the stop text that is whole first ends the text, of two the longer.
 */
export class StopTexts {
  readonly #watched: readonly Watched[];
  #held = '';
  #stopped = false;

  constructor(stop: readonly string[]) {
    this.#watched = stop
      .map((text) => text.toWellFormed())
      .filter((text) => text !== '')
      .map(watch);
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** @returns what may leave now */
  push(text: string): string {
    if (this.#stopped) return '';
    if (this.#watched.length === 0) return text;
    const all = this.#held + text;
    for (let at = this.#held.length; at < all.length; at += 1) {
      const whole = this.#advance(all[at] as string);
      if (whole === 0) continue;
      this.#stopped = true;
      this.#held = '';
      return all.slice(0, at + 1 - whole);
    }
    const keep = this.#watched.reduce((most, { matched }) => Math.max(most, matched), 0);
    this.#held = all.slice(all.length - keep);
    return all.slice(0, all.length - keep);
  }

  /** Nothing more comes: what was held back was none. */
  flush(): string {
    const text = this.#held;
    this.#held = '';
    return text;
  }

  /** @returns the length of the longest stop text that this character completes; 0: none */
  #advance(character: string): number {
    let whole = 0;
    for (const one of this.#watched) {
      while (one.matched > 0 && one.text[one.matched] !== character) one.matched = one.shorter[one.matched] as number;
      if (one.text[one.matched] === character) one.matched += 1;
      if (one.matched === one.text.length) whole = Math.max(whole, one.matched);
    }
    return whole;
  }
}
