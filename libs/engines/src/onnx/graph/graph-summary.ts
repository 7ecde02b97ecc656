/** What is known about a model before it is loaded: everything but its weights. */
export interface GraphSummary {
  readonly irVersion: number;
  /** Without those that have a value in the file. */
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  /** Every operator in use, subgraphs and functions included, once. */
  readonly operators: readonly Operator[];
  /** Nodes of all graphs and functions. */
  readonly nodes: number;
  readonly external: readonly ExternalData[];
}

export interface GraphValue {
  readonly name: string;
  /** Of onnx.proto's TensorProto.DataType; absent: no tensor. */
  readonly elementType: number | undefined;
  /** Absent: the graph leaves the rank open. -1 for a free dimension. */
  readonly shape: readonly number[] | undefined;
  /** What the file calls its first dimension; empty where that has no name. */
  readonly firstDimension: string;
  /** Names of its further free dimensions, in their order; empty for one without. */
  readonly freeDimensions: readonly string[];
}

export interface Operator {
  /** Empty for the standard. */
  readonly domain: string;
  readonly name: string;
}

/** Where the bytes of a tensor lie when they are not in the model file (onnx.proto, TensorProto.external_data). */
export interface ExternalData {
  readonly tensor: string;
  readonly location: string;
  readonly offset: number;
  /** Absent: to the end of the file. */
  readonly length: number | undefined;
}
