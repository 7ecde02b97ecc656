import { RandomWeights } from './random-weights';
import { writeOnnx } from './write-onnx';

const CHANNELS = 3;
const FLOAT = 1;
/** Each row to the length 1. */
const UNIT = { axis: 1, p: 2 } as const;

/** `image` FP32 [batch, 3, side, side] -> `embedding` FP32 [batch, dimension] of length 1. */
export function imageEncoderOnnx(side: number, dimension: number): Buffer {
  const weights = new RandomWeights();
  weights.add('projection', [2 * CHANNELS, dimension], 2 * CHANNELS);
  return writeOnnx({
    inputs: [{ name: 'image', type: 'FP32', shape: ['batch', CHANNELS, side, side] }],
    outputs: [{ name: 'embedding', type: 'FP32', shape: ['batch', dimension] }],
    nodes: [
      { op: 'GlobalAveragePool', inputs: ['image'], outputs: ['mean'] },
      { op: 'GlobalMaxPool', inputs: ['image'], outputs: ['most'] },
      { op: 'Concat', inputs: ['mean', 'most'], outputs: ['pooled'], attributes: { axis: 1 } },
      { op: 'Flatten', inputs: ['pooled'], outputs: ['flat'] },
      { op: 'MatMul', inputs: ['flat', 'projection'], outputs: ['projected'] },
      { op: 'LpNormalization', inputs: ['projected'], outputs: ['embedding'], attributes: UNIT },
    ],
    weights: weights.all,
  });
}

/** `input_ids`, `attention_mask` INT64 [batch, tokens] -> `sentence_vector` FP32 [batch, dimension] of length 1: the mean of the words. */
export function textEncoderOnnx(vocabulary: number, dimension: number): Buffer {
  const weights = new RandomWeights();
  weights.add('embed', [vocabulary, dimension], 6);
  weights.all.push({ name: 'last', shape: [1], values: BigInt64Array.of(2n) });
  weights.all.push({ name: 'words', shape: [1], values: BigInt64Array.of(1n) });
  return writeOnnx({
    inputs: [
      { name: 'input_ids', type: 'INT64', shape: ['batch', 'tokens'] },
      { name: 'attention_mask', type: 'INT64', shape: ['batch', 'tokens'] },
    ],
    outputs: [{ name: 'sentence_vector', type: 'FP32', shape: ['batch', dimension] }],
    nodes: [
      { op: 'Gather', inputs: ['embed', 'input_ids'], outputs: ['vectors'] },
      { op: 'Cast', inputs: ['attention_mask'], outputs: ['mask'], attributes: { to: FLOAT } },
      { op: 'Unsqueeze', inputs: ['mask', 'last'], outputs: ['column'] },
      { op: 'Mul', inputs: ['vectors', 'column'], outputs: ['heard'] },
      { op: 'ReduceSum', inputs: ['heard', 'words'], outputs: ['sum'], attributes: { keepdims: 0 } },
      { op: 'LpNormalization', inputs: ['sum'], outputs: ['sentence_vector'], attributes: UNIT },
    ],
    weights: weights.all,
  });
}
