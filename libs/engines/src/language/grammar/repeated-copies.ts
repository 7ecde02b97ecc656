/**
 * The copies of a part that may be left out: of `.{0,9}` there are nine. What may follow within one may follow at the same place of
 * an earlier one, too, after which more of them are left. So of states at the same place only that of the earliest copy counts,
 * without which a pattern such as `[0-9].{0,15}mm` would stand for tens of thousands of sets of states.
 */
export class RepeatedCopies {
  /** By state: places of which it is a copy, each with which of the copies it is in, one after the other. */
  readonly #places = new Map<number, number[]>();
  #count = 0;

  /** @param first state of the first copy; the others follow @param size states of one copy */
  add(first: number, size: number, times: number): void {
    if (times < 2) return;
    for (let copy = 0; copy < times; copy += 1)
      for (let place = 0; place < size; place += 1) {
        const state = first + copy * size + place;
        const places = this.#places.get(state) ?? [];
        places.push(this.#count + place, copy);
        this.#places.set(state, places);
      }
    this.#count += size;
  }

  /** Without those that let nothing follow that others do not. */
  widest(states: readonly number[]): number[] {
    if (states.length < 2) return [...states];
    const earliest = new Map<number, number>();
    this.#each(states, (place, copy) => {
      if (copy < (earliest.get(place) ?? Infinity)) earliest.set(place, copy);
    });
    const later = new Set<number>();
    this.#each(states, (place, copy, state) => {
      if (copy > (earliest.get(place) as number)) later.add(state);
    });
    return states.filter((state) => !later.has(state));
  }

  #each(states: readonly number[], visit: (place: number, copy: number, state: number) => void): void {
    for (const state of states) {
      const places = this.#places.get(state) ?? [];
      for (let at = 0; at < places.length; at += 2) visit(places[at] as number, places[at + 1] as number, state);
    }
  }
}
