import { broken } from '../../broken';
import type { GraphValue } from './graph-summary';
import type { WireField, WireFile } from './wire-file';

const MAX_RANK = 32;

interface Dimension {
  readonly size: number;
  readonly name: string;
}

function readDimension(file: WireFile, { start, end }: WireField): Dimension {
  let size = -1;
  let name = '';
  for (const field of file.message(start, end)) {
    if (field.number === 1) size = Math.max(field.value, -1);
    if (field.number === 2) name = file.text(field);
  }
  return { size, name };
}

function readShape(file: WireFile, { start, end }: WireField): Dimension[] {
  const dimensions: Dimension[] = [];
  for (const field of file.message(start, end)) {
    if (field.number === 1) dimensions.push(readDimension(file, field));
    if (dimensions.length > MAX_RANK) throw broken(`A tensor of the model has more than ${String(MAX_RANK)} axes.`);
  }
  return dimensions;
}

/** A ValueInfoProto: name and type of an input or output. */
export function readValue(file: WireFile, { start, end }: WireField): GraphValue {
  let name = '';
  let elementType: number | undefined;
  let shape: Dimension[] | undefined;
  const readTensorType = (content: WireField): void => {
    for (const field of file.message(content.start, content.end)) {
      if (field.number === 1) elementType = field.value;
      if (field.number === 2) shape = readShape(file, field);
    }
  };
  for (const field of file.message(start, end)) {
    if (field.number === 1) name = file.text(field);
    if (field.number !== 2) continue;
    for (const type of file.message(field.start, field.end)) {
      if (type.number === 1) readTensorType(type);
    }
  }
  const [first, ...further] = shape ?? [];
  return {
    name,
    elementType,
    shape: shape?.map(({ size }) => size),
    firstDimension: first?.name ?? '',
    freeDimensions: further.filter(({ size }) => size < 0).map((dimension) => dimension.name),
  };
}
