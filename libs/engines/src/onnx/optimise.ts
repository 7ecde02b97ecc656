import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cpuKey } from '../cpu-key';
import { broken } from '../broken';
import { loadOrt } from './load-ort';
import { sessionOptions } from './session-options';

/** Smaller tensors stay in the graph: a page of the mapped file would be larger than they are. */
const EXTERNAL_FROM_BYTES = 1_024;

export interface Optimised {
  /** See `cpuKey`. */
  readonly cpu: string;
  /** Its name in the folder. */
  readonly modelFile: string;
  /** All that was made: the graph, and its weights where it has any, which the loader maps instead of reading. */
  readonly files: readonly string[];
}

/**
 * Writes beside a model what ONNX Runtime makes of it when it loads it, so that loading it again takes a few milliseconds and
 * processes share its weights.
 *
 * @throws ServingError `model_broken` when ONNX Runtime cannot load the model
 */
export async function optimise(folder: string, modelFile: string): Promise<Optimised> {
  const ort = await loadOrt();
  const cpu = cpuKey();
  const [made, weights] = [`optimised-${cpu}.onnx`, `optimised-${cpu}.bin`];
  const options = sessionOptions(1);
  const session = await ort.InferenceSession.create(join(folder, modelFile), {
    ...options,
    optimizedModelFilePath: join(folder, made),
    extra: {
      session: {
        ...(options.extra as { session: object }).session,
        optimized_model_external_initializers_file_name: weights,
        optimized_model_external_initializers_min_size_in_bytes: String(EXTERNAL_FROM_BYTES),
      },
    },
  }).catch((error: unknown) => {
    throw broken('ONNX Runtime cannot load the model file.', error);
  });
  await session.release();
  const there = await readdir(folder);
  return { cpu, modelFile: made, files: [made, weights].filter((name) => there.includes(name)) };
}
