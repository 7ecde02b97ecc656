import { broken } from '../broken';
import type { DeclaredTensor } from '../engine';
import { dataTypeOf } from '../packages/config-json';
import type { ServedTensor } from '../packages/serving-config';
import type { ConfigTensor } from './model-config';

const UNSERVED = ['is_shape_tensor', 'is_non_linear_format_io', 'allow_ragged_batch', 'optional'] as const;

const shapeText = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

/** The sizes that the configuration expects in the model, without the rows. */
export const modelDims = ({ dims, reshape }: Pick<ConfigTensor, 'dims' | 'reshape'>): readonly number[] =>
  reshape?.shape ?? dims;

/** Elements before, between and behind the free sizes: what two shapes of the same elements have in common. */
function elementsBetween(shape: readonly number[]): readonly number[] {
  const counts = [1];
  for (const size of shape) {
    if (size < 0) counts.push(1);
    else counts.push((counts.pop() ?? 1) * size);
  }
  return counts;
}

/**
 * Triton's rule for `reshape` (docs/user_guide/model_configuration.md, "Reshape"): as many free sizes on both sides, and as many
 * elements between them. An empty one is a single value a row.
 */
function checkReshape({ name, dims, reshape }: ConfigTensor, hasRows: boolean): void {
  if (!reshape) return;
  const { shape } = reshape;
  const before = elementsBetween(dims);
  const after = elementsBetween(shape);
  const isSame = before.length === after.length && before.every((count, index) => count === after[index]);
  if (!isSame || shape.includes(0)) {
    throw broken(`The reshape ${shapeText(shape)} of the tensor "${name}" has other elements than ${shapeText(dims)}.`);
  }
  if (shape.length === 0 && !hasRows) {
    throw broken(`The tensor "${name}" has an empty reshape, which only a model with a max_batch_size can have.`);
  }
}

/** What nobody gave dims for. Clients of Triton never see a tensor without sizes behind its rows: a single value has one axis. */
function completed({ name, datatype, shape }: DeclaredTensor, hasRows: boolean): ServedTensor {
  if (!shape) return { name, datatype, shape: [-1] };
  const isSingle = shape.length === (hasRows ? 1 : 0);
  return isSingle ? { name, datatype, shape: [...shape, 1], modelShape: shape } : { name, datatype, shape };
}

const isSame = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((size, axis) => size === other[axis]);

/**
 * A tensor of the configuration against the same of the model, which completes it.
 *
 * @throws ServingError `model_broken` naming the tensor
 */
export function servedTensor(
  given: ConfigTensor | undefined,
  declared: DeclaredTensor,
  hasRows: boolean,
): ServedTensor {
  if (!given) return completed(declared, hasRows);
  const { name, datatype, shape } = declared;
  const unserved = UNSERVED.find((field) => given[field]);
  if (unserved) throw broken(`The tensor "${name}" of the configuration has ${unserved}, which is not served here.`);
  const { data_type: dataType = 'TYPE_INVALID', dims } = given;
  if (dataType !== 'TYPE_INVALID' && dataType !== dataTypeOf(datatype)) {
    throw broken(`The tensor "${name}" is ${dataTypeOf(datatype)} in the model and ${dataType} in the configuration.`);
  }
  if (dims.length === 0 && !given.reshape) return completed(declared, hasRows);
  checkReshape(given, hasRows);
  const rows = hasRows ? [-1] : [];
  const visible = [...rows, ...dims];
  const wanted = [...rows, ...modelDims(given)];
  // A model's single value has no axes; however many of size 1 a configuration gives it, it is the same.
  if (shape?.length === 0 && wanted.every((size) => size === 1))
    return { name, datatype, shape: visible, modelShape: [] };
  const fits =
    !shape || (shape.length === wanted.length && shape.every((size, axis) => size < 0 || size === wanted[axis]));
  if (fits) return { name, datatype, shape: visible, ...(isSame(visible, wanted) ? {} : { modelShape: wanted }) };
  throw broken(
    `The tensor "${name}" has the shape ${shapeText(shape)} in the model and ${shapeText(wanted)} in the configuration.`,
  );
}
