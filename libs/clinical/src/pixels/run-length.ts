import type { RunLengthMask } from '../answers/answer';

/** Collects row-major pixels into run lengths that begin with a run of zeros. */
class RunLengths {
  readonly counts: number[] = [];
  #value = 0;
  #length = 0;

  add(value: number, length: number): void {
    if (value === this.#value) {
      this.#length += length;
      return;
    }
    this.counts.push(this.#length);
    this.#value = value;
    this.#length = length;
  }

  end(): readonly number[] {
    this.counts.push(this.#length);
    return this.counts;
  }
}

/** A row-major mask (zero or not) as run lengths. */
export function encodeMask(mask: ArrayLike<number>, width: number, height: number): RunLengthMask {
  const runs = new RunLengths();
  for (let at = 0; at < width * height; at += 1) runs.add(mask[at] ? 1 : 0, 1);
  return { width, height, counts: runs.end() };
}

/** The pixels of a run-length mask, one byte each. */
export function decodeMask({ width, height, counts }: RunLengthMask): Uint8Array {
  const mask = new Uint8Array(width * height);
  let at = 0;
  counts.forEach((count, index) => {
    if (index % 2 === 1) mask.fill(1, at, at + count);
    at += count;
  });
  return mask;
}

interface Grid {
  readonly width: number;
  readonly height: number;
}

/** model coordinate = image coordinate * scale + offset: a reader's `Placement`. */
interface Mapping {
  readonly scaleX: number;
  readonly scaleY: number;
  readonly offsetX: number;
  readonly offsetY: number;
}

/**
 * A mask in the model's pixels as run lengths in the image's pixels: each image pixel takes the model pixel under its centre;
 * what the model did not see is 0. Rows that fall on the same model row are worked out once.
 */
export function encodeMaskInImage(
  mask: ArrayLike<number>,
  model: Grid,
  image: Grid,
  placement: Mapping,
): RunLengthMask {
  const columns = Int32Array.from({ length: image.width }, (_, x) =>
    under(x, placement.scaleX, placement.offsetX, model.width),
  );
  const runs = new RunLengths();
  let row: { readonly source: number; readonly pieces: readonly (readonly [number, number])[] } | undefined;
  for (let y = 0; y < image.height; y += 1) {
    const source = under(y, placement.scaleY, placement.offsetY, model.height);
    if (row?.source !== source) row = { source, pieces: pieces(mask, source, columns, model.width) };
    for (const [value, length] of row.pieces) runs.add(value, length);
  }
  return { width: image.width, height: image.height, counts: runs.end() };
}

function under(index: number, scale: number, offset: number, size: number): number {
  const at = Math.floor((index + 0.5) * scale + offset);
  return at >= 0 && at < size ? at : -1;
}

function pieces(mask: ArrayLike<number>, source: number, columns: Int32Array, stride: number): [number, number][] {
  const found: [number, number][] = [];
  for (const column of columns) {
    const value = source >= 0 && column >= 0 && mask[source * stride + column] ? 1 : 0;
    const last = found.at(-1);
    if (last?.[0] === value) last[1] += 1;
    else found.push([value, 1]);
  }
  return found;
}
