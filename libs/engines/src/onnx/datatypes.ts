import type { AnyDatatype } from '@medserve/clinical';

/** OIP datatype by ONNX Runtime's name; what is absent cannot be served here. */
const DATATYPE_BY_TYPE: Readonly<Record<string, AnyDatatype>> = {
  bool: 'BOOL',
  uint8: 'UINT8',
  uint16: 'UINT16',
  uint32: 'UINT32',
  uint64: 'UINT64',
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  float16: 'FP16',
  float32: 'FP32',
  float64: 'FP64',
  string: 'BYTES',
};

export const datatypeOf = (type: string): AnyDatatype | undefined => DATATYPE_BY_TYPE[type];

export const typeOf = (datatype: AnyDatatype): string =>
  Object.keys(DATATYPE_BY_TYPE).find((type) => DATATYPE_BY_TYPE[type] === datatype) ?? datatype;
