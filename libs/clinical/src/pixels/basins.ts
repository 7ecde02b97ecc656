/** One summit of a map with the ground that drains to it. */
export interface Basin {
  /** Index of the summit's pixel, row-major. */
  readonly at: number;
  readonly peak: number;
  readonly pixels: number;
  /** Bounds in pixels: `right` and `bottom` are the last column and row. */
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface BasinLimits {
  /** Ground at or below this belongs to no basin. */
  readonly threshold: number;
  /** Two summits stay apart only when the saddle between them lies below this share of the lower one. */
  readonly saddleShare: number;
}

const LEVELS = 4096;

/**
 * Splits the ground above a threshold into one basin a summit: a watershed that floods from the top and merges what a shallow
 * saddle parts (persistence: Edelsbrunner, Letscher & Zomorodian, Discrete Comput Geom 28:511-533, 2002). Heights are
 * sorted into 4,096 levels, so time grows with the pixels; 8-neighbours; equal input gives equal output.
 */
export function findBasins(
  map: Float32Array,
  width: number,
  height: number,
  { threshold, saddleShare }: BasinLimits,
): Basin[] {
  const order = fromTheTop(map, threshold);
  /** Basin of each pixel, 0 for none yet. */
  const owner = new Int32Array(map.length);
  const parent: number[] = [0];
  const basins: Basin[] = [{ at: -1, peak: Infinity, pixels: 0, left: 0, top: 0, right: 0, bottom: 0 }];
  const find = (basin: number): number => {
    let root = basin;
    while (parent[root] !== root) root = parent[root] as number;
    let at = basin;
    while (at !== root) {
      const next = parent[at] as number;
      parent[at] = root;
      at = next;
    }
    return root;
  };
  const basinOf = (root: number): Basin => basins[root] as Basin;

  for (const at of order) {
    const x = at % width;
    const y = (at - x) / width;
    const value = map[at] as number;
    let home = 0;
    for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v += 1) {
      for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u += 1) {
        const label = owner[v * width + u] as number;
        if (label === 0) continue;
        const root = find(label);
        if (home === 0) {
          home = root;
        } else if (home !== root) {
          const [high, low] = basinOf(home).peak >= basinOf(root).peak ? [home, root] : [root, home];
          if (value >= saddleShare * basinOf(low).peak) {
            parent[low] = high;
            basins[high] = united(basinOf(high), basinOf(low));
          }
          home = high;
        }
      }
    }
    const own: Basin = { at, peak: value, pixels: 1, left: x, top: y, right: x, bottom: y };
    if (home === 0) {
      home = basins.length;
      parent.push(home);
      basins.push(own);
    } else {
      basins[home] = united(basinOf(home), own);
    }
    owner[at] = home;
  }
  return basins.filter((_, index) => index > 0 && parent[index] === index);
}

function united(high: Basin, low: Basin): Basin {
  return {
    at: high.at,
    peak: high.peak,
    pixels: high.pixels + low.pixels,
    left: Math.min(high.left, low.left),
    top: Math.min(high.top, low.top),
    right: Math.max(high.right, low.right),
    bottom: Math.max(high.bottom, low.bottom),
  };
}

/** Indices of the pixels above the threshold, highest level first, row-major within a level (a counting sort). */
function fromTheTop(map: Float32Array, threshold: number): Int32Array {
  let highest = threshold;
  for (const value of map) if (value > highest) highest = value;
  const scale = (LEVELS - 1) / (highest - threshold || 1);
  const levelOf = (value: number): number => LEVELS - 1 - Math.floor((value - threshold) * scale);
  const starts = new Int32Array(LEVELS + 1);
  for (const value of map)
    if (value > threshold) starts[levelOf(value) + 1] = (starts[levelOf(value) + 1] as number) + 1;
  for (let level = 0; level < LEVELS; level += 1)
    starts[level + 1] = (starts[level + 1] as number) + (starts[level] as number);
  const order = new Int32Array(starts[LEVELS] as number);
  for (let at = 0; at < map.length; at += 1) {
    const value = map[at] as number;
    if (!(value > threshold)) continue;
    const level = levelOf(value);
    const place = starts[level] as number;
    order[place] = at;
    starts[level] = place + 1;
  }
  return order;
}
