/** What to look for, in pixels of the `disc` output; `stride` model pixels lie in one of them. */
export interface DiscSearch {
  readonly radii: readonly number[];
  readonly stride: number;
  readonly leastScore: number;
}

export interface Disc {
  /** Centre and radius in model coordinates. */
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly strength: number;
  /** The best place elsewhere, as a share of `strength`: near 1, there are two that look alike. */
  readonly rival: number;
}

/** The best place for an optic disc; undefined where none is strong enough. `data` is [radii, rows, columns]. */
export function findDisc(
  data: Float32Array,
  rows: number,
  columns: number,
  { radii, stride, leastScore }: DiscSearch,
): Disc | undefined {
  const plane = rows * columns;
  if (data.length !== plane * radii.length)
    throw new Error(`output "disc" should have ${String(radii.length)} channels`);
  let best = 0;
  for (let at = 1; at < data.length; at += 1) if ((data[at] as number) > (data[best] as number)) best = at;
  const strength = data[best] ?? 0;
  if (!(strength >= leastScore)) return undefined;

  const channel = Math.floor(best / plane);
  const row = Math.floor((best % plane) / columns);
  const column = best % columns;
  const score = (k: number, y: number, x: number): number | undefined =>
    k >= 0 && k < radii.length && y >= 0 && y < rows && x >= 0 && x < columns
      ? data[k * plane + y * columns + x]
      : undefined;
  const x = column + summit(score(channel, row, column - 1), strength, score(channel, row, column + 1));
  const y = row + summit(score(channel, row - 1, column), strength, score(channel, row + 1, column));
  const between = summit(score(channel - 1, row, column), strength, score(channel + 1, row, column));
  const radius = radii[channel] as number;
  const towards = radii[channel + Math.sign(between)] ?? radius;

  let elsewhere = 0;
  for (let at = 0; at < data.length; at += 1) {
    const away = Math.hypot((at % columns) - column, Math.floor((at % plane) / columns) - row);
    if (away > 2.5 * radius) elsewhere = Math.max(elsewhere, data[at] as number);
  }
  return {
    x: (x + 0.5) * stride,
    y: (y + 0.5) * stride,
    radius: (radius + Math.abs(between) * (towards - radius)) * stride,
    strength,
    rival: elsewhere / strength,
  };
}

/** Where between its neighbours a parabola through three values has its top: -0.5 to 0.5. */
function summit(before: number | undefined, at: number, after: number | undefined): number {
  if (before === undefined || after === undefined) return 0;
  const bend = before - 2 * at + after;
  return bend < 0 ? Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend))) : 0;
}
