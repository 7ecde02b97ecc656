import { elementCount, type AnyTensor } from '@medserve/clinical';
import type { Session, TensorSpec } from '@medserve/engines';
import { bytesPerElement, tensorOf } from '@medserve/rpc';

/** Zeros, or empty texts, of the smallest shape that the model takes. */
function zeros({ name, datatype, shape: declared }: TensorSpec): AnyTensor {
  const shape = declared.map((size) => Math.max(size, 1));
  const count = elementCount(shape);
  if (datatype === 'BYTES') return { name, datatype, shape, data: new Array<string>(count).fill('') };
  return tensorOf({ name, datatype, shape }, new Uint8Array(count * bytesPerElement(datatype)));
}

/**
 * Runs the model once, so that the first request does not pay for what the engine puts off until then. That some shape or value
 * is not to a model's taste is no fault: it was not made for zeros.
 */
export async function warmUp(session: Session): Promise<void> {
  await session.run(session.inputs.map(zeros)).catch(() => undefined);
}
