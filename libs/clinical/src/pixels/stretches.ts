/** A row-major mask as stretches of pixels that are set, each within one row, in order: first and last-but-one index. */
export interface Stretches {
  readonly starts: readonly number[];
  /** The index behind the last pixel. */
  readonly ends: readonly number[];
}

/** @param isMember by label: whether its pixels belong to the mask */
export function stretchesOf(labels: Uint8Array, columns: number, isMember: Uint8Array): Stretches {
  const starts: number[] = [];
  const ends: number[] = [];
  for (let row = 0; row < labels.length; row += columns) {
    let start = -1;
    for (let at = row; at < row + columns; at++) {
      const isSet = isMember[labels[at] as number] === 1;
      if (isSet === start >= 0) continue;
      if (isSet) start = at;
      else {
        starts.push(start);
        ends.push(at);
        start = -1;
      }
    }
    if (start >= 0) {
      starts.push(start);
      ends.push(row + columns);
    }
  }
  return { starts, ends };
}

/** How many pixels are set. */
export function pixelsOf({ starts, ends }: Stretches): number {
  return ends.reduce((sum, end, index) => sum + end - (starts[index] as number), 0);
}

/** Run lengths as of a `RunLengthMask`, of a mask of `size` pixels; what meets across the end of a row is one run. */
export function countsOf({ starts, ends }: Stretches, size: number): number[] {
  const counts: number[] = [];
  let at = 0;
  starts.forEach((start, index) => {
    const end = ends[index] as number;
    if (start === at && counts.length > 0) counts[counts.length - 1] = (counts.at(-1) as number) + end - start;
    else counts.push(start - at, end - start);
    at = end;
  });
  if (at < size || counts.length === 0) counts.push(size - at);
  return counts;
}

/**
 * Without the 8-connected pieces of fewer than `least` pixels. Works on stretches, so its time grows with the outline and not
 * with the area.
 */
export function withoutIslands(mask: Stretches, columns: number, least: number): Stretches {
  const { starts, ends } = mask;
  const parent = starts.map((_, index) => index);
  const root = (of: number): number => {
    let at = of;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] as number] as number;
      at = parent[at] as number;
    }
    return at;
  };
  let above = 0;
  for (let here = 0; here < starts.length; here++) {
    const [start, end] = [(starts[here] as number) - columns, (ends[here] as number) - columns];
    const row = Math.floor(start / columns);
    // Stretches touch when they overlap by a column, or lie corner to corner in the row above.
    while (above < here && (ends[above] as number) < start) above += 1;
    for (let other = above; other < here && (starts[other] as number) <= end; other++) {
      if (Math.floor((starts[other] as number) / columns) === row) parent[root(here)] = root(other);
    }
  }
  const sizes = new Float64Array(starts.length);
  starts.forEach((start, index) => {
    const piece = root(index);
    sizes[piece] = (sizes[piece] as number) + (ends[index] as number) - start;
  });
  const isKept = (_: number, index: number): boolean => (sizes[root(index)] as number) >= least;
  return { starts: starts.filter(isKept), ends: ends.filter(isKept) };
}
