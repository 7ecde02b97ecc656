import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { broken } from '../../broken';
import type { GeneratorSpec } from '../../generation/generator';
import { readGraph } from '../graph/read-graph';
import type { Ort } from '../load-ort';
import { sessionOptions } from '../session-options';
import { decoderShape, type DecoderShape } from './decoder-shape';
import { withNewPositions } from './new-positions';

/** The graphs of a model that writes, loaded. */
export interface Parts {
  readonly shape: DecoderShape;
  /** With `NEW_AT` and `NEW`. */
  readonly decoder: InferenceSession;
  readonly embed: InferenceSession | undefined;
  readonly vision: InferenceSession | undefined;
}

/** From its bytes, as they are added to; weights that lie beside it are looked for there all the same. */
async function openDecoder(ort: Ort, path: string, shape: DecoderShape, threads: number): Promise<InferenceSession> {
  const model = withNewPositions(await readFile(path), shape.kv);
  const options = sessionOptions(threads);
  const { session } = options.extra as { session: object };
  return ort.InferenceSession.create(model, {
    ...options,
    extra: { session: { ...session, model_external_initializers_file_folder_path: dirname(path) } },
  });
}

export const releaseParts = async (parts: readonly (InferenceSession | undefined)[]): Promise<void> => {
  for (const part of parts) await part?.release();
};

/** @throws ServingError `model_broken` naming the file that cannot be loaded, or what of the decoder is not as it has to be */
export async function openParts(ort: Ort, { folder, generation, threads }: GeneratorSpec): Promise<Parts> {
  const { parts } = generation;
  if (!parts) throw broken('generation.parts: a model that writes has a decoder.');
  const shape = decoderShape(readGraph(join(folder, parts.decoder)));
  const opened: InferenceSession[] = [];
  const open = async (file: string, create: (path: string) => Promise<InferenceSession>): Promise<InferenceSession> => {
    const session = await create(join(folder, file)).catch((error: unknown) => {
      throw broken(`ONNX Runtime cannot load ${file}.`, error);
    });
    opened.push(session);
    return session;
  };
  const plain = (path: string) => ort.InferenceSession.create(path, sessionOptions(threads));
  try {
    return {
      shape,
      decoder: await open(parts.decoder, (path) => openDecoder(ort, path, shape, threads)),
      embed: parts.embed === undefined ? undefined : await open(parts.embed, plain),
      vision: parts.vision === undefined ? undefined : await open(parts.vision, plain),
    };
  } catch (error) {
    await releaseParts(opened);
    throw error;
  }
}
