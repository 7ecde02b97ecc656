import { elementCount } from '@medserve/clinical';
import { z } from 'zod';
import { broken } from '../../broken';

const MAX_HEADER_BYTES = 1 << 20;
const LENGTH_BYTES = 8;

const tensor = z.object({
  dtype: z.literal('F32'),
  shape: z.array(z.int().min(0)).max(8),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});
const header = z.record(z.string(), z.unknown());

export interface Matrix {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * The FP32 tensors of a safetensors file, by name (https://github.com/huggingface/safetensors, "Format").
 *
 * @throws ServingError `model_broken` naming `path`
 */
export function readSafetensors(path: string, bytes: Buffer): ReadonlyMap<string, Matrix> {
  const wrong = (): Error => broken(`${path} is no safetensors file of FP32 tensors, or it is damaged.`);
  if (bytes.byteLength < LENGTH_BYTES) throw wrong();
  const length = bytes.readBigUInt64LE(0);
  if (length > MAX_HEADER_BYTES || LENGTH_BYTES + Number(length) > bytes.byteLength) throw wrong();
  const begin = LENGTH_BYTES + Number(length);
  const entries = new Map<string, Matrix>();
  for (const [name, described] of Object.entries(readHeader(bytes.toString('utf8', LENGTH_BYTES, begin), wrong))) {
    if (name === '__metadata__') continue;
    const parsed = tensor.safeParse(described);
    if (!parsed.success) throw wrong();
    const {
      shape,
      data_offsets: [from, to],
    } = parsed.data;
    const count = elementCount(shape);
    if (to - from !== count * Float32Array.BYTES_PER_ELEMENT || begin + to > bytes.byteLength) throw wrong();
    // Copied: the numbers of a file begin wherever its header ends.
    const values = new Float32Array(count);
    bytes.copy(Buffer.from(values.buffer), 0, begin + from, begin + to);
    entries.set(name, { shape, values });
  }
  return entries;
}

function readHeader(text: string, wrong: () => Error): Readonly<Record<string, unknown>> {
  try {
    return header.parse(JSON.parse(text));
  } catch {
    throw wrong();
  }
}
