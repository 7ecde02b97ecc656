import type { AnyDatatype } from '@medserve/clinical';
import type { ServedTensor, ServingConfig } from './serving-config';

const platformOf = { platform: 'onnxruntime_onnx', backend: 'onnxruntime' } as const;

const MICROSECONDS = 1_000;

export const dataTypeOf = (datatype: AnyDatatype): string =>
  datatype === 'BYTES' ? 'TYPE_STRING' : `TYPE_${datatype}`;

export interface DescribedModel {
  readonly name: string;
  readonly serving: Omit<ServingConfig, 'configJson'>;
  readonly versionPolicy: Readonly<Record<string, unknown>>;
  readonly modelFilename: string;
  /** By output. */
  readonly labelFilenames?: ReadonlyMap<string, string>;
  /** Fields that are shown as they were given. */
  readonly further?: Readonly<Record<string, unknown>>;
}

/** How a model is served, as Triton's ModelConfig in JSON: what clients of the protocol read, and may send back changed. */
export function configJsonOf(model: DescribedModel): string {
  const { name, serving, versionPolicy, modelFilename, labelFilenames, further = {} } = model;
  const { maxBatchSize, instances, batching, inputs, outputs } = serving;
  const { dynamic_batching: policies, ...shown } = further;
  const dims = (shape: readonly number[]): readonly number[] => (maxBatchSize > 0 ? shape.slice(1) : shape);
  const tensor = ({ name: tensorName, datatype, shape, modelShape }: ServedTensor): Record<string, unknown> => ({
    name: tensorName,
    data_type: dataTypeOf(datatype),
    dims: dims(shape),
    // A tensor without axes is one of one number to callers, and Triton has no word for it where there are no rows.
    ...(modelShape && (maxBatchSize > 0 || modelShape.length > 0) ? { reshape: { shape: dims(modelShape) } } : {}),
  });
  return JSON.stringify({
    ...shown,
    name,
    ...platformOf,
    version_policy: versionPolicy,
    max_batch_size: maxBatchSize,
    input: inputs.map(tensor),
    output: outputs.map((output) => {
      const label = labelFilenames?.get(output.name);
      return { ...tensor(output), ...(label === undefined ? {} : { label_filename: label }) };
    }),
    instance_group: [{ name: `${name}_0`, kind: 'KIND_CPU', count: instances }],
    default_model_filename: modelFilename,
    ...(batching && {
      dynamic_batching: {
        ...(policies as object | undefined),
        preferred_batch_size: batching.preferredRows,
        max_queue_delay_microseconds: Math.round(batching.maxDelayMs * MICROSECONDS),
      },
    }),
  });
}
