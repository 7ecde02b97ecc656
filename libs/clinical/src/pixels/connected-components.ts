export interface Components {
  /** One number a pixel: 0 is background, components count from 1 in the order of their first pixel. */
  readonly labels: Int32Array;
  /** Pixels of each component; index 0 holds the background's. */
  readonly areas: readonly number[];
}

/**
 * Labels the 8-connected components of the non-zero pixels of a row-major mask. Two passes with union-find: time grows with the
 * pixels, not with the shapes.
 */
export function connectedComponents(mask: ArrayLike<number>, width: number, height: number): Components {
  const labels = new Int32Array(width * height);
  const parent: number[] = [0];
  const find = (label: number): number => {
    let root = label;
    while (parent[root] !== root) root = parent[root] as number;
    for (let at = label; at !== root;) {
      const next = parent[at] as number;
      parent[at] = root;
      at = next;
    }
    return root;
  };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * width + x;
      if (!mask[at]) continue;
      let own = 0;
      const join = (neighbour: number): void => {
        const label = labels[neighbour] as number;
        if (label === 0) return;
        const root = find(label);
        if (own === 0 || own === root) {
          own = root;
        } else {
          const [low, high] = own < root ? [own, root] : [root, own];
          parent[high] = low;
          own = low;
        }
      };
      if (x > 0) join(at - 1);
      if (y > 0) {
        if (x > 0) join(at - width - 1);
        join(at - width);
        if (x + 1 < width) join(at - width + 1);
      }
      if (own === 0) {
        own = parent.length;
        parent.push(own);
      }
      labels[at] = own;
    }
  }
  return renumber(labels, find, parent.length);
}

function renumber(labels: Int32Array, find: (label: number) => number, provisional: number): Components {
  const final = new Int32Array(provisional);
  const areas = [0];
  for (let at = 0; at < labels.length; at += 1) {
    const label = labels[at] as number;
    const root = label === 0 ? 0 : find(label);
    if (root !== 0 && final[root] === 0) {
      final[root] = areas.length;
      areas.push(0);
    }
    const own = final[root] as number;
    labels[at] = own;
    areas[own] = (areas[own] as number) + 1;
  }
  return { labels, areas };
}
