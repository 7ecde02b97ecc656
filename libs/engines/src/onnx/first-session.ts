import type { Ort } from './load-ort';
import { sessionOptions } from './session-options';

/** `y` is `x`, FP32 of any length: the smallest model there is (`identityOnnx` of the testkit). */
const IDENTITY = 'CAg6PQoQCgF4EgF5IghJZGVudGl0eRIFZ3JhcGhaEAoBeBILCgkIARIFCgMSAW5iEAoBeRILCgkIARIFCgMSAW5CAhAR';

/**
 * Makes, runs and drops a session: the first of a process takes 20 ms for ONNX Runtime's own tables, which a model that is
 * asked for later need not wait for.
 */
export async function firstSession(ort: Ort): Promise<void> {
  const session = await ort.InferenceSession.create(Buffer.from(IDENTITY, 'base64'), sessionOptions(1));
  await session.run({ x: new ort.Tensor('float32', new Float32Array(1), [1]) });
  await session.release();
}
