import type { Samples, Volume } from '@medserve/clinical';
import { Runs } from './runs';

type Grid = Pick<Volume, 'slices' | 'rows' | 'columns'>;

/** More stretches than any body has; what has more is noise. Bounds the memory to 12 bytes a stretch. */
const MOST_RUNS = 2 ** 24;

/** Stretches of columns that are body, row by row: `rows[slice * rows + row]` lists start and end in turn. */
export type BodyRows = readonly (readonly number[])[];

/**
 * The body in a CT volume: the largest connected piece (by faces) of samples at or above `threshold`, with everything that it
 * encloses in a slice. A stretch of fewer than `leastRun` columns connects nothing: the side of a head holder is a thin upright
 * plate, and an ear that touches it would make it a part of the head. So air in sinuses, airways and bowel belongs to the body as far as the slice shows it closed in; air
 * around it, the table and thin holders do not.
 *
 * @returns for each row its stretches of body; `undefined` when the samples are noise
 */
export function findBody(
  samples: Samples,
  { slices, rows, columns }: Grid,
  threshold: number,
  leastRun: number,
): BodyRows | undefined {
  const runs = new Runs();
  const firsts = new Int32Array(slices * rows + 1);
  for (let line = 0; line < slices * rows; line++) {
    firsts[line] = runs.count;
    addRuns(runs, samples.subarray(line * columns, (line + 1) * columns), threshold, leastRun);
    if (runs.count > MOST_RUNS) return undefined;
    firsts[line + 1] = runs.count;
    const [from, to] = [firsts[line] as number, runs.count];
    if (line % rows > 0) runs.joinRows(from, to, firsts[line - 1] as number, from);
    if (line >= rows) runs.joinRows(from, to, firsts[line - rows] as number, firsts[line - rows + 1] as number);
  }
  const largest = largestPiece(runs);
  const body: number[][] = Array.from({ length: slices * rows }, () => []);
  for (let line = 0; line < slices * rows; line++) {
    for (let run = firsts[line] as number; run < (firsts[line + 1] as number); run++) {
      if (runs.root(run) === largest) body[line]?.push(runs.start(run), runs.end(run));
    }
  }
  for (let slice = 0; slice < slices; slice++) fillSlice(body, slice * rows, rows, columns);
  return body;
}

function addRuns(runs: Runs, row: Samples, threshold: number, leastRun: number): void {
  let start = -1;
  for (let column = 0; column <= row.length; column++) {
    const isAbove = column < row.length && (row[column] as number) >= threshold;
    if (isAbove && start < 0) start = column;
    if (isAbove || start < 0) continue;
    if (column - start >= leastRun) runs.add(start, column);
    start = -1;
  }
}

function largestPiece(runs: Runs): number {
  const sizes = new Float64Array(runs.count);
  let largest = -1;
  for (let run = 0; run < runs.count; run++) {
    const root = runs.root(run);
    const size = (sizes[root] as number) + runs.end(run) - runs.start(run);
    sizes[root] = size;
    if (largest < 0 || size > (sizes[largest] as number)) largest = root;
  }
  return largest;
}

/** Adds the gaps of a slice that are not connected with its edge. */
function fillSlice(body: number[][], offset: number, rows: number, columns: number): void {
  const gaps = new Runs();
  const firsts = new Int32Array(rows + 1);
  const border = gaps.add(0, 0);
  for (let row = 0; row < rows; row++) {
    firsts[row] = gaps.count;
    const edges = [0, ...(body[offset + row] as number[]), columns];
    for (let at = 0; at < edges.length; at += 2) {
      const [start, end] = [edges[at] as number, edges[at + 1] as number];
      if (start === end) continue;
      const gap = gaps.add(start, end);
      if (start === 0 || end === columns || row === 0 || row === rows - 1) gaps.join(border, gap);
    }
    firsts[row + 1] = gaps.count;
    if (row > 0) gaps.joinRows(firsts[row] as number, gaps.count, firsts[row - 1] as number, firsts[row] as number);
  }
  const outside = gaps.root(border);
  for (let row = 0; row < rows; row++) {
    const filled: number[] = [];
    let at = 0;
    for (let gap = firsts[row] as number; gap < (firsts[row + 1] as number); gap++) {
      if (gaps.root(gap) !== outside) continue;
      if (gaps.start(gap) > at) filled.push(at, gaps.start(gap));
      at = gaps.end(gap);
    }
    if (at < columns) filled.push(at, columns);
    body[offset + row] = filled;
  }
}
