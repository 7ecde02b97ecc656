import { ServingError } from '@medserve/errors';

/*
 * Elements of a BYTES tensor on the wire: each behind its length, four bytes little-endian (Open Inference Protocol v2,
 * "Tensor Data"; the binary tensor data extension).
 */

const LENGTH_BYTES = 4;

/** How many elements `bytes` hold; `undefined` when a length points beyond the end. */
export function countTexts(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = 0;
  let count = 0;
  while (position < bytes.byteLength) {
    if (position + LENGTH_BYTES > bytes.byteLength) return undefined;
    position += LENGTH_BYTES + view.getUint32(position, true);
    count += 1;
  }
  return position === bytes.byteLength ? count : undefined;
}

/** The elements as bytes, which are not copied. `bytes` have to be well formed. */
function* splitTexts(bytes: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let position = 0; position < bytes.byteLength;) {
    const begin = position + LENGTH_BYTES;
    position = begin + view.getUint32(position, true);
    yield bytes.subarray(begin, position);
  }
}

/** @throws ServingError `invalid_request` when an element is not UTF-8: ONNX Runtime takes nothing else, and none is altered. */
export function decodeTexts(bytes: Uint8Array): string[] {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return Array.from(splitTexts(bytes), (element) => decoder.decode(element));
  } catch (cause) {
    throw new ServingError(
      'invalid_request',
      'An element of a BYTES tensor is not UTF-8, which is all that is taken.',
      {
        field: 'tensors.data',
        cause,
      },
    );
  }
}

const byteLengthOf = (text: string | Uint8Array): number => Buffer.byteLength(text);

export function encodeTexts(texts: readonly (string | Uint8Array)[]): Uint8Array {
  // Twice over the elements, without a Buffer for each of them: there may be millions, and most are short.
  const encoded = Buffer.allocUnsafe(texts.reduce((sum, text) => sum + LENGTH_BYTES + byteLengthOf(text), 0));
  let position = 0;
  for (const text of texts) {
    position = encoded.writeUInt32LE(byteLengthOf(text), position);
    if (typeof text === 'string') position += encoded.write(text, position);
    else {
      encoded.set(text, position);
      position += text.byteLength;
    }
  }
  return encoded;
}
