import type { Tensor } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { TextRules } from './text-rules';

/** Rows are as long as the longest, rounded up to this: requests of a like length have one shape, and run together. */
const BUCKET = 32;

/** Places of one request, those of padding among them: 16 MiB a tensor. */
const MAX_PLACES = 2 ** 21;

/**
 * Rows of ids as tensors of one shape `[rows, length]`, INT64, right padded: padding is id 0, which the mask hides.
 *
 * @throws ServingError `too_large`
 */
export function padRows(
  rows: readonly (readonly number[])[],
  maxTokens: number,
  inputs: TextRules['inputs'],
): readonly Tensor[] {
  const longest = rows.reduce((most, ids) => Math.max(most, ids.length), 1);
  const length = Math.min(maxTokens, Math.ceil(longest / BUCKET) * BUCKET);
  const places = rows.length * length;
  if (places > MAX_PLACES) {
    throw new ServingError('too_large', 'The texts have too many tokens together.', {
      field: 'input',
      limit: `tokens: ${String(MAX_PLACES)}`,
    });
  }
  const ids = new BigInt64Array(places);
  const mask = new BigInt64Array(places);
  rows.forEach((row, index) => {
    row.forEach((id, at) => (ids[index * length + at] = BigInt(id)));
    mask.fill(1n, index * length, index * length + row.length);
  });
  const tensor = (name: string, data: BigInt64Array): Tensor => ({
    name,
    datatype: 'INT64',
    shape: [rows.length, length],
    data,
  });
  return [
    tensor(inputs.ids, ids),
    tensor(inputs.mask, mask),
    ...(inputs.types === undefined ? [] : [tensor(inputs.types, new BigInt64Array(places))]),
  ];
}
