import type { AnyTensor, Tensor } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { Session } from '../engine';

export interface OutputParity {
  readonly name: string;
  readonly datatype: string;
  readonly elements: number;
  /** Infinity, in JSON null, where one gives a number and the other none. */
  readonly maxAbsDifference: number;
  readonly meanAbsDifference: number;
  /** Share of rows whose largest value is at the same place; absent where an output is no list of scores. */
  readonly top1Agreement?: number;
}

const FRACTION_BITS = 10;
const EXPONENT_MASK = 0x1f;
const BIAS = 15;

/** IEEE 754 binary16 from its bits. */
function half(bits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> FRACTION_BITS) & EXPONENT_MASK;
  const fraction = (bits & 0x3ff) / 2 ** FRACTION_BITS;
  if (exponent === 0) return sign * fraction * 2 ** (1 - BIAS);
  if (exponent === EXPONENT_MASK) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction) * 2 ** (exponent - BIAS);
}

const numberAt = ({ datatype, data }: Tensor, index: number): number => {
  const value = Number(data[index]);
  return datatype === 'FP16' ? half(value) : value;
};

/**
 * By how much two numbers differ. What both give is no difference, be it no number: masked scores are minus infinity in every version. A number and
 * none are as far apart as can be.
 */
function apart(one: number, other: number): number {
  if (Object.is(one, other)) return 0;
  const difference = Math.abs(one - other);
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
}

function largest(tensor: Tensor, row: number, width: number): number {
  let best = 0;
  for (let index = 1; index < width; index += 1) {
    if (numberAt(tensor, row * width + index) > numberAt(tensor, row * width + best)) best = index;
  }
  return best;
}

function top1Agreement(one: Tensor, other: Tensor): number | undefined {
  const [rows = 0, width = 0] = one.shape;
  if (one.shape.length !== 2 || width < 2 || rows === 0) return undefined;
  let same = 0;
  for (let row = 0; row < rows; row += 1) if (largest(one, row, width) === largest(other, row, width)) same += 1;
  return same / rows;
}

function parityOf(one: AnyTensor, other: AnyTensor | undefined): OutputParity {
  const { name } = one;
  if (one.datatype === 'BYTES' || other === undefined || other.datatype === 'BYTES') {
    throw new ServingError('invalid_request', `The output "${name}" cannot be compared.`);
  }
  if (one.shape.join() !== other.shape.join()) {
    throw new ServingError(
      'invalid_request',
      `The output "${name}" has the shape [${one.shape.join(', ')}] in one version and [${other.shape.join(', ')}] in the other.`,
    );
  }
  let most = 0;
  let sum = 0;
  for (let index = 0; index < one.data.length; index += 1) {
    const difference = apart(numberAt(one, index), numberAt(other, index));
    most = Math.max(most, difference);
    sum += difference;
  }
  const agreement = top1Agreement(one, other);
  return {
    name,
    datatype: one.datatype,
    elements: one.data.length,
    maxAbsDifference: most,
    meanAbsDifference: sum / Math.max(one.data.length, 1),
    ...(agreement === undefined ? {} : { top1Agreement: agreement }),
  };
}

/**
 * How far two versions of a model are apart on the same inputs, output by output.
 *
 * @throws ServingError `invalid_request` when they do not take and give the same
 */
export async function compare(
  one: Session,
  other: Session,
  feeds: readonly AnyTensor[],
): Promise<readonly OutputParity[]> {
  const [ofOne, ofOther] = [await one.run(feeds), await other.run(feeds)];
  return ofOne.map((output) =>
    parityOf(
      output,
      ofOther.find(({ name }) => name === output.name),
    ),
  );
}
