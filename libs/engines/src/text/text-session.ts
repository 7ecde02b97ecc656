import { elementCount, type AnyTensor } from '@medserve/clinical';
import type { Session } from '../engine';
import type { TextRules } from './text-rules';

/** Places of one run, padding among them: what its attention takes grows with them, and a longer run is no faster a text. */
const RUN_PLACES = 8_192;

interface Row {
  readonly index: number;
  readonly length: number;
}

type Numbers = AnyTensor & { readonly data: BigInt64Array };

const isRows = (tensor: AnyTensor | undefined): tensor is Numbers =>
  tensor?.shape.length === 2 && tensor.data instanceof BigInt64Array;

/** By how far the mask reaches in each row. */
function rowsOf({ shape: [rows = 0, length = 0], data }: Numbers): Row[] {
  return Array.from({ length: rows }, (_, index) => {
    const last = data.subarray(index * length, (index + 1) * length).findLastIndex((place) => place !== 0n);
    return { index, length: Math.max(1, last + 1) };
  });
}

/** Rows of a like length together, the shortest first, as many as one run takes. */
function runsOf(rows: readonly Row[]): Row[][] {
  const runs: Row[][] = [];
  for (const row of rows.toSorted((a, b) => a.length - b.length)) {
    const run = runs.at(-1);
    if (run && (run.length + 1) * row.length <= RUN_PLACES) run.push(row);
    else runs.push([row]);
  }
  return runs;
}

/** Only these rows, only as long as the longest of them. */
function cut(tensor: Numbers, rows: readonly Row[]): Numbers {
  const [, width = 0] = tensor.shape;
  const length = rows.at(-1)?.length ?? 1;
  const data = new BigInt64Array(rows.length * length);
  rows.forEach(({ index }, at) => {
    data.set(tensor.data.subarray(index * width, index * width + length), at * length);
  });
  return { ...tensor, shape: [rows.length, length], data } as Numbers;
}

/** Puts the rows of all runs back in order. */
function gather(runs: readonly (readonly Row[])[], outputs: readonly AnyTensor[], rows: number): AnyTensor {
  const [first] = outputs as readonly [AnyTensor, ...AnyTensor[]];
  const width = elementCount(first.shape.slice(1));
  const data = new Float32Array(rows * width);
  runs.forEach((run, at) => {
    const values = outputs[at]?.data as Float32Array;
    run.forEach(({ index }, row) => {
      data.set(values.subarray(row * width, (row + 1) * width), index * width);
    });
  });
  return { ...first, shape: [rows, ...first.shape.slice(1)], data } as AnyTensor;
}

/**
 * A session of a model that reads padded rows of tokens, and gives one vector a row: rows run with those of a like length, without
 * the padding that they do not need, and never more at once than a run takes. What the model gives does not change.
 */
export function textSession(inner: Session, { inputs, output }: TextRules): Session {
  return {
    inputs: inner.inputs,
    outputs: inner.outputs,
    close: () => inner.close(),
    run: async (feeds, wanted) => {
      const mask = feeds.find(({ name }) => name === inputs.mask);
      const isText = wanted?.length === 1 && wanted[0] === output && isRows(mask);
      if (!isText || !feeds.every((feed) => isRows(feed) && feed.shape.join() === mask.shape.join()))
        return inner.run(feeds, wanted);
      const rows = rowsOf(mask);
      const runs = runsOf(rows);
      const outputs: AnyTensor[] = [];
      for (const run of runs) {
        const [vectors] = await inner.run(
          feeds.map((feed) => cut(feed as Numbers, run)),
          wanted,
        );
        if (vectors) outputs.push(vectors);
      }
      return [gather(runs, outputs, rows.length)];
    },
  };
}
