import type { AnyDatatype } from '@medserve/clinical';

interface ElementType {
  /** TensorProto.DataType of onnx.proto. */
  readonly element: number;
  /** As ONNX Runtime's JavaScript calls it. */
  readonly type: string;
  readonly datatype: AnyDatatype;
}

/* What is absent cannot be served here. */
const ELEMENT_TYPES: readonly ElementType[] = [
  { element: 1, type: 'float32', datatype: 'FP32' },
  { element: 2, type: 'uint8', datatype: 'UINT8' },
  { element: 3, type: 'int8', datatype: 'INT8' },
  { element: 4, type: 'uint16', datatype: 'UINT16' },
  { element: 5, type: 'int16', datatype: 'INT16' },
  { element: 6, type: 'int32', datatype: 'INT32' },
  { element: 7, type: 'int64', datatype: 'INT64' },
  { element: 8, type: 'string', datatype: 'BYTES' },
  { element: 9, type: 'bool', datatype: 'BOOL' },
  { element: 10, type: 'float16', datatype: 'FP16' },
  { element: 11, type: 'float64', datatype: 'FP64' },
  { element: 12, type: 'uint32', datatype: 'UINT32' },
  { element: 13, type: 'uint64', datatype: 'UINT64' },
];

const REFUSED: ReadonlyMap<number, string> = new Map([
  [14, 'complex64'],
  [15, 'complex128'],
  [16, 'bfloat16'],
]);

const BY_TYPE = new Map(ELEMENT_TYPES.map((entry) => [entry.type, entry.datatype]));
const BY_DATATYPE = new Map(ELEMENT_TYPES.map((entry) => [entry.datatype, entry.type]));
const BY_ELEMENT = new Map(ELEMENT_TYPES.map((entry) => [entry.element, entry.datatype]));

export const datatypeOf = (type: string): AnyDatatype | undefined => BY_TYPE.get(type);

export const typeOf = (datatype: AnyDatatype): string => BY_DATATYPE.get(datatype) ?? datatype;

/** The datatype of an ONNX element type, or what the refused type is called. */
export const datatypeOfElement = (element: number): AnyDatatype | { readonly refused: string } =>
  BY_ELEMENT.get(element) ?? { refused: REFUSED.get(element) ?? `number ${String(element)}` };
