import { ServingError } from '@medserve/errors';
import { tensorBytesOf, type TensorBytes } from '@medserve/rpc';
import { z } from 'zod';
import { parseWith } from '../../http/parse-with';
import { DIMENSION_LIMIT, PARAMETER_LIMIT, TENSOR_LIMIT } from '../limits';
import type { OipRequest, WantedOutput } from '../ports';
import { readRequestParameters } from '../request-parameters';
import { readJsonTensor } from './json-tensor';
import { parseJson, type ParsedJson } from '../../http/parse-json';

/** Of the JSON of an inference request: nothing else is done while it is parsed. */
const JSON_LIMIT_BYTES = 16 * 1024 * 1024;

const areFew = (given: unknown): boolean =>
  typeof given !== 'object' || given === null || Object.keys(given).length <= PARAMETER_LIMIT;

const parameters = z
  .unknown()
  .refine(areFew, `more than ${String(PARAMETER_LIMIT)} parameters`)
  .pipe(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])))
  .default({});

const bodySchema = z.object({
  id: z.string().optional(),
  parameters,
  inputs: z
    .array(
      z.object({
        name: z.string(),
        shape: z.array(z.number()).max(DIMENSION_LIMIT),
        datatype: z.string(),
        parameters,
        data: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(TENSOR_LIMIT),
  outputs: z
    .array(z.object({ name: z.string(), parameters }))
    .max(TENSOR_LIMIT)
    .default([]),
});

type Body = z.output<typeof bodySchema>;
type Parameters = Body['parameters'];

/** An inference request as HTTP carries it, and which of its outputs are to come back as bytes behind the JSON. */
export interface InferenceMessage {
  readonly request: Pick<OipRequest, 'id' | 'inputs' | 'outputs' | 'class' | 'deadlineMs' | 'affinityKey'>;
  readonly isBinary: (output: string) => boolean;
}

/**
 * Reads the body of an inference request: JSON, followed by the binary tensors where `jsonLength` says that it ends earlier
 * (inference protocol "Inference Request", binary tensor data extension).
 *
 * @throws ServingError `invalid_request`, `too_large`, `unsupported`
 */
export function parseInference(body: Buffer, jsonLength: number): InferenceMessage {
  const json = parseJson(body.subarray(0, jsonLength), JSON_LIMIT_BYTES);
  const { id, parameters: given, inputs, outputs } = parseWith(bodySchema, json.document);
  const wanted = outputs.map((output) => ({ name: output.name, ...readOutput(output.parameters) }));
  const isBinary = new Map(wanted.map(({ name, binary }) => [name, binary]));
  const byDefault = flagOf(given, 'binary_data_output') ?? false;
  return {
    request: {
      id,
      ...readRequestParameters(new Map(Object.entries(given))),
      inputs: readInputs(inputs, json, body.subarray(jsonLength)),
      outputs: wanted.map(({ name, classes }): WantedOutput => ({ name, classes })),
    },
    isBinary: (output) => isBinary.get(output) ?? byDefault,
  };
}

function readInputs(inputs: Body['inputs'], json: ParsedJson, binary: Buffer): TensorBytes[] {
  let position = 0;
  let exact: Body['inputs'] | undefined;
  const tensors = inputs.map((input, index): TensorBytes => {
    const { name, datatype, shape, data } = input;
    refuseSharedMemory(input.parameters);
    const size = input.parameters['binary_data_size'];
    if (size === undefined) {
      return readJsonTensor({ name, datatype, shape, data }, () => {
        exact ??= (json.exactly() as Pick<Body, 'inputs'>).inputs;
        return exact[index]?.data;
      });
    }
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0 || size > binary.length - position) {
      throw invalid('inputs.parameters.binary_data_size', 'A binary_data_size is not that of bytes behind the JSON.');
    }
    if (data !== undefined) throw invalid('inputs.data', 'An input has both data and a binary_data_size.');
    const bytes = binary.subarray(position, position + size);
    position += size;
    return tensorBytesOf({ name, datatype, shape }, bytes);
  });
  if (position === binary.length) return tensors;
  throw invalid('inputs', 'There are more bytes behind the JSON than the inputs say.');
}

function readOutput(given: Parameters): { readonly binary: boolean | undefined; readonly classes: number | undefined } {
  refuseSharedMemory(given);
  const classes = z.int().min(0).optional().safeParse(given['classification']);
  if (!classes.success) throw invalid('outputs', 'The parameter "classification" is not a number of classes.');
  // None of the best classes is the tensor itself, as over gRPC.
  return { binary: flagOf(given, 'binary_data'), classes: classes.data === 0 ? undefined : classes.data };
}

function flagOf(given: Parameters, name: string): boolean | undefined {
  const value = given[name];
  if (value === undefined || typeof value === 'boolean') return value;
  throw invalid(`parameters.${name}`, `The parameter "${name}" is neither true nor false.`);
}

function refuseSharedMemory(given: Parameters): void {
  if (given['shared_memory_region'] === undefined) return;
  throw new ServingError('unsupported', 'Tensors in shared memory are not offered here.', {
    field: 'parameters.shared_memory_region',
  });
}

const invalid = (field: string, detail: string): ServingError => new ServingError('invalid_request', detail, { field });
