const middle = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));

/**
 * Selects of ids the heaviest, until their amounts together reach a target: a weighted quickselect with three ways, so that it
 * takes time in proportion to the number of ids and not of a sort, also where many are equal. Equal ones are taken by lowest id.
 *
 * @param ids permuted; the first `count` are looked at
 * @param weights by id; the heavier, the earlier
 * @param amount of an id: its weight for top-p, 1 for top-k
 * @returns how many of `ids` belong to the set: at least one where there is one
 */
export function selectTop(
  ids: Int32Array,
  count: number,
  weights: Float32Array,
  amount: (id: number) => number,
  target: number,
): number {
  let from = 0;
  let to = count;
  let wanted = target;
  while (to - from > 1) {
    const pivot = middle(
      weights[ids[from] as number] as number,
      weights[ids[(from + to) >>> 1] as number] as number,
      weights[ids[to - 1] as number] as number,
    );
    let heavier = from;
    let at = from;
    let lighter = to;
    let sumHeavier = 0;
    let sumEqual = 0;
    while (at < lighter) {
      const id = ids[at] as number;
      const weight = weights[id] as number;
      if (weight > pivot) {
        ids[at] = ids[heavier] as number;
        ids[heavier] = id;
        sumHeavier += amount(id);
        heavier += 1;
        at += 1;
      } else if (weight < pivot) {
        lighter -= 1;
        ids[at] = ids[lighter] as number;
        ids[lighter] = id;
      } else {
        sumEqual += amount(id);
        at += 1;
      }
    }
    if (sumHeavier >= wanted && heavier > from) {
      to = heavier;
    } else if (sumHeavier + sumEqual >= wanted) {
      ids.subarray(heavier, lighter).sort();
      let taken = sumHeavier;
      let end = heavier;
      while (end < lighter && (taken < wanted || end === from)) {
        taken += amount(ids[end] as number);
        end += 1;
      }
      return end;
    } else {
      wanted -= sumHeavier + sumEqual;
      from = lighter;
    }
  }
  return to;
}
