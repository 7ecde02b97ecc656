import { MarkIndex } from './mark-index';
import { markOf } from './marks';
import type { Overlay } from './overlay';

/** Slices whose marks are kept ready. */
const KEPT = 16;

/** What was found, by slice: made ready when a slice is first shown. */
export class SliceMarks {
  readonly #bySlice = new Map<number, Overlay[]>();
  readonly #ready = new Map<number, MarkIndex>();

  constructor(
    overlays: readonly Overlay[],
    private readonly columns: number,
    private readonly rows: number,
  ) {
    for (const overlay of overlays) {
      const slice = overlay.slice ?? 0;
      const there = this.#bySlice.get(slice);
      if (there === undefined) this.#bySlice.set(slice, [overlay]);
      else there.push(overlay);
    }
  }

  on(slice: number): MarkIndex {
    let found = this.#ready.get(slice);
    if (found === undefined) {
      const overlays = this.#bySlice.get(slice) ?? [];
      found = new MarkIndex(
        overlays.flatMap((overlay) => markOf(overlay, this.columns, this.rows) ?? []),
        this.columns,
        this.rows,
      );
    }
    // The one that was asked for last goes last; the one nobody asked for longest is dropped.
    this.#ready.delete(slice);
    this.#ready.set(slice, found);
    const oldest = this.#ready.keys().next();
    if (this.#ready.size > KEPT && !oldest.done) this.#ready.delete(oldest.value);
    return found;
  }

  /** Slices on which something was found, in order. */
  get slices(): readonly number[] {
    return [...this.#bySlice.keys()].sort((a, b) => a - b);
  }

  /** The slice nearest to `from` that a finding lies on; of one that lies on several, the middle one where it is not on `from`. */
  sliceOf(id: string, from: number): number | undefined {
    const slices = this.slices.filter((slice) => this.#bySlice.get(slice)?.some((overlay) => overlay.id === id));
    return slices.includes(from) ? from : slices[Math.floor(slices.length / 2)];
  }

  /** Names of what was found on a slice, in the order of the answer, each once with how often. */
  labelsOn(slice: number): ReadonlyMap<string, number> {
    const labels = new Map<string, number>();
    for (const { label } of this.#bySlice.get(slice) ?? []) labels.set(label, (labels.get(label) ?? 0) + 1);
    return labels;
  }

  /** The finding before or after one, over all slices; from none, the first of those on or after the slice, or the last before. */
  step(
    from: string | undefined,
    slice: number,
    by: 1 | -1,
  ): { readonly id: string; readonly slice: number } | undefined {
    const order: { readonly id: string; readonly slice: number }[] = [];
    const seen = new Set<string>();
    for (const each of this.slices)
      for (const { id } of this.#bySlice.get(each) ?? []) {
        if (seen.has(id)) continue;
        seen.add(id);
        order.push({ id, slice: each });
      }
    if (order.length === 0) return undefined;
    const at = order.findIndex(({ id }) => id === from);
    if (at >= 0) return order[(at + by + order.length) % order.length];
    return by === 1
      ? (order.find((each) => each.slice >= slice) ?? order[0])
      : (order.findLast((each) => each.slice <= slice) ?? order.at(-1));
  }
}
