import { elementCount, type DecodedHeader, type TextsInput } from '@medserve/clinical';
import type { TensorHeader } from '@medserve/contracts';
import { ServingError } from '@medserve/errors';
import { decodeFrame } from '@medserve/rpc';

/** What a batch is formed by. */
export interface RequestDescription {
  /** Requests with the same signature may run together. */
  readonly signature: string;
  /** Along the batch axis; 1 where there is none. */
  readonly rows: number;
  /** Work of the request: its rows, or where the model has no batch axis the elements (voxels) that it reads. */
  readonly cost: number;
}

const voxelsOf = (header: DecodedHeader): number =>
  header.kind === 'picture' ? header.width * header.height : header.slices * header.rows * header.columns;

const elementsOf = (headers: readonly TensorHeader[]): number =>
  headers.reduce((sum, { shape }) => sum + elementCount(shape), 0);

const wrong = (detail: string, limit?: string) =>
  new ServingError('invalid_request', detail, { field: 'tensors.shape', limit });

function rowsOf(headers: readonly TensorHeader[], maxBatchSize: number): number {
  const rows = headers[0]?.shape[0];
  if (rows === undefined || headers.some(({ shape }) => shape[0] !== rows))
    throw wrong('The tensors do not have the same number of rows, which is the first dimension of each.');
  if (rows < 1 || rows > maxBatchSize)
    throw wrong(
      'A request has to have at least one row and no more than run together.',
      `rows: ${String(maxBatchSize)}`,
    );
  return rows;
}

/** Texts as callers chose them: in JSON none can pass for another. */
const signatureOf = (headers: readonly TensorHeader[], outputs: readonly string[], axis: number): string =>
  JSON.stringify([outputs, ...headers.map(({ name, datatype, shape }) => [name, datatype, ...shape.slice(axis)])]);

/**
 * Reads the header of a request frame; its payloads stay where they are.
 *
 * @param maxBatchSize 0: the model has no batch axis.
 * @throws ServingError `invalid_request` when it is no request, or has other rows than the model can take.
 */
export function describeRequest(bytes: Uint8Array, maxBatchSize: number): RequestDescription {
  const { body } = decodeFrame(bytes);
  if (body?.$case !== 'request') throw new ServingError('invalid_request', 'A frame holds no request.');
  const { input, outputs } = body.value;
  // No more than there are bytes, whatever a header says.
  const costOf = (elements: number): number => Math.max(1, Math.min(elements, bytes.byteLength));
  switch (input?.$case) {
    case 'tensors': {
      const { headers } = input.value;
      if (maxBatchSize === 0)
        return { signature: signatureOf(headers, outputs, 0), rows: 1, cost: costOf(elementsOf(headers)) };
      const rows = rowsOf(headers, maxBatchSize);
      return { signature: signatureOf(headers, outputs, 1), rows, cost: rows };
    }
    case 'decodedJson': {
      const header = JSON.parse(input.value) as DecodedHeader;
      return { signature: header.kind, rows: 1, cost: maxBatchSize === 0 ? costOf(voxelsOf(header)) : 1 };
    }
    case 'textsJson': {
      const { texts } = JSON.parse(input.value) as TextsInput;
      if (texts.length < 1 || texts.length > Math.max(1, maxBatchSize))
        throw new ServingError(
          'invalid_request',
          'A request has to have at least one text, and no more than are read.',
          {
            field: 'input',
            limit: `texts: ${String(Math.max(1, maxBatchSize))}`,
          },
        );
      // How long its texts are as tokens is told by the worker, which joins those that fit.
      return { signature: 'texts', rows: texts.length, cost: texts.length };
    }
    case 'generationJson':
      throw new ServingError('task_not_available', 'This model does not write.', { field: 'model' });
    case undefined:
      throw new ServingError('invalid_request', 'A request has no input.');
  }
}
