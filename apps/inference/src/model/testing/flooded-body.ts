import type { Volume } from '@medserve/clinical';

/**
 * What the step "body" finds, found another way: a flood fill over every sample instead of runs. 1 for each sample of the body.
 */
export function floodedBody({ samples, slices, rows, columns, geometry }: Volume): Uint8Array {
  const area = rows * columns;
  const isWide = new Uint8Array(samples.length);
  for (let row = 0; row < samples.length; row += columns) {
    for (let width = 0, column = 0; column <= columns; column++) {
      if (column < columns && (samples[row + column] as number) >= -500) width++;
      else {
        if (width * geometry.spacingMm.column >= 3) isWide.fill(1, row + column - width, row + column);
        width = 0;
      }
    }
  }
  const isTissue = (index: number): boolean => isWide[index] === 1;
  const piece = new Int32Array(samples.length);
  const sizes = [0];
  const stack: number[] = [];
  for (let seed = 0; seed < samples.length; seed++) {
    if (piece[seed] !== 0 || !isTissue(seed)) continue;
    const number = sizes.push(0) - 1;
    stack.push(seed);
    piece[seed] = number;
    while (stack.length > 0) {
      const at = stack.pop() as number;
      sizes[number] = (sizes[number] as number) + 1;
      const [column, row, slice] = [at % columns, Math.floor(at / columns) % rows, Math.floor(at / area)];
      const near = [
        column > 0 ? at - 1 : -1,
        column < columns - 1 ? at + 1 : -1,
        row > 0 ? at - columns : -1,
        row < rows - 1 ? at + columns : -1,
        slice > 0 ? at - area : -1,
        slice < slices - 1 ? at + area : -1,
      ];
      for (const next of near) {
        if (next < 0 || piece[next] !== 0 || !isTissue(next)) continue;
        piece[next] = number;
        stack.push(next);
      }
    }
  }
  const largest = sizes.indexOf(Math.max(...sizes));
  const outside = new Uint8Array(samples.length);
  for (let slice = 0; slice < slices; slice++) {
    for (let at = slice * area; at < (slice + 1) * area; at++) {
      const [column, row] = [at % columns, Math.floor(at / columns) % rows];
      const isEdge = column === 0 || column === columns - 1 || row === 0 || row === rows - 1;
      if (!isEdge || outside[at] === 1 || piece[at] === largest) continue;
      stack.push(at);
      outside[at] = 1;
      while (stack.length > 0) {
        const here = stack.pop() as number;
        const [x, y] = [here % columns, Math.floor(here / columns) % rows];
        const near = [
          x > 0 ? here - 1 : -1,
          x < columns - 1 ? here + 1 : -1,
          y > 0 ? here - columns : -1,
          y < rows - 1 ? here + columns : -1,
        ];
        for (const next of near) {
          if (next < 0 || outside[next] === 1 || piece[next] === largest) continue;
          outside[next] = 1;
          stack.push(next);
        }
      }
    }
  }
  return outside.map((value) => 1 - value);
}
