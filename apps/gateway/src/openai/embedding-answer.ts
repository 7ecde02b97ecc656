import { ServingError } from '@medserve/errors';
import type { TensorBytes } from '@medserve/rpc';
import type { Dispatched } from '../infer/ports';
import type { EmbeddingBody } from './embedding-schema';

const FLOAT_BYTES = 4;

/** Checks that a vector is as long as was asked for. @throws ServingError `invalid_request` */
export function checkDimensions(wanted: number | undefined, found: number | undefined): void {
  if (wanted === undefined || found === undefined || wanted === found) return;
  throw new ServingError('invalid_request', 'The model does not make vectors of this length.', {
    field: 'dimensions',
    limit: `dimensions: ${String(found)}`,
  });
}

/** The rows of the model's output, one a text: float32 [texts, dimensions], little endian. */
function rowsOf(
  tensors: readonly TensorBytes[] = [],
  texts: number,
): { readonly rows: Buffer[]; readonly dimensions: number } {
  const tensor = tensors.find(({ datatype, shape }) => datatype === 'FP32' && shape.length === 2 && shape[0] === texts);
  const dimensions = tensor?.shape[1] ?? 0;
  if (tensor?.bytes.byteLength !== texts * dimensions * FLOAT_BYTES || dimensions === 0) {
    throw new ServingError('inference_failed', 'The model did not give one vector for each text.');
  }
  const { buffer, byteOffset } = tensor.bytes;
  const size = dimensions * FLOAT_BYTES;
  const rows = Array.from({ length: texts }, (_, row) => Buffer.from(buffer, byteOffset + row * size, size));
  return { rows, dimensions };
}

const floatsOf = (row: Buffer): number[] =>
  Array.from({ length: row.length / FLOAT_BYTES }, (_, index) => row.readFloatLE(index * FLOAT_BYTES));

/** The vectors of a request, in the order of its texts. @throws ServingError `inference_failed`; `invalid_request` */
export function embeddingAnswer(
  { input, encoding_format: encoding, dimensions, model }: EmbeddingBody,
  done: Dispatched,
): Buffer {
  const { rows, dimensions: found } = rowsOf(done.tensors, input.length);
  checkDimensions(dimensions, found);
  const tokens = done.generation?.usage.prompt ?? 0;
  return Buffer.from(
    JSON.stringify({
      object: 'list',
      data: rows.map((row, index) => ({
        object: 'embedding',
        index,
        embedding: encoding === 'base64' ? row.toString('base64') : floatsOf(row),
      })),
      model,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    }),
  );
}
