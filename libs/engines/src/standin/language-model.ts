import { RandomWeights } from './random-weights';
import { writeSafetensors, type NamedMatrix } from './safetensors';
import { writeOnnx, type OnnxNode, type OnnxValue } from './write-onnx';

/* A transformer that writes, of weights of noise, in the parts and with the names of a generative package. */

export interface LanguageShape {
  readonly vocabulary: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  /** Rows of the rotary tables: positions that the model knows. */
  readonly context: number;
  /** Takes `inputs_embeds` in place of `input_ids`, as what sees does. */
  readonly embeds: boolean;
  /** Takes LoRA matrices for the projections of query and value. */
  readonly lora: boolean;
  /** Takes `position_ids`, and knows positions by a table beside the rotary ones. */
  readonly positions: boolean;
  /** Takes `logits_at` and gives the logits of that position; else those of all. */
  readonly picksLogits: boolean;
  /** Tokens that are never written. */
  readonly mute: readonly number[];
}

/** Of this the tests' models are made: small enough for thousands of steps a second. */
export const TINY_LANGUAGE: LanguageShape = {
  vocabulary: 260,
  width: 64,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  context: 512,
  embeds: false,
  lora: false,
  positions: false,
  picksLogits: true,
  mute: [],
};

const MICROSOFT = 'com.microsoft';
const INT32 = 6;
const ROTARY_BASE = 10_000;
/** Noise of this gain makes what was written before decide what comes next, where less of it repeats one token for ever. */
const HEAD_GAIN = 8;
const MUTE = -10_000;

const headSize = ({ width, heads }: LanguageShape): number => width / heads;

class Decoder {
  readonly nodes: OnnxNode[] = [];
  readonly weights = new RandomWeights();
  readonly inputs: OnnxValue[] = [];
  readonly outputs: OnnxValue[] = [];

  constructor(private readonly shape: LanguageShape) {}

  node(op: string, inputs: readonly string[], rest: Partial<OnnxNode> = {}): string {
    const outputs = rest.outputs ?? [`${op.toLowerCase()}${String(this.nodes.length)}`];
    this.nodes.push({ op, inputs, ...rest, outputs });
    return outputs[0] ?? '';
  }

  dense(input: string, name: string, from: number, to: number): string {
    return this.node('MatMul', [input, this.weights.add(name, [from, to], from)]);
  }

  norm(input: string, name: string): string {
    const { width } = this.shape;
    const scale = this.weights.constant(
      name,
      [width],
      Array.from({ length: width }, () => 1),
    );
    return this.node('LayerNormalization', [input, scale]);
  }

  /** x·W, and x·a·b besides where the shape has adapters. */
  adapted(input: string, module: string, to: number): string {
    const { width, lora } = this.shape;
    const plain = this.dense(input, module, width, to);
    if (!lora) return plain;
    const [a, b] = [`lora.${module}.a`, `lora.${module}.b`];
    this.inputs.push({ name: a, type: 'FP32', shape: ['batch', width, 'rank'] });
    this.inputs.push({ name: b, type: 'FP32', shape: ['batch', 'rank', to] });
    const delta = this.node('MatMul', [this.node('MatMul', [input, a]), b]);
    return this.node('Add', [plain, delta]);
  }

  attention(input: string, layer: number, lengths: readonly string[]): string {
    const { width, heads, kvHeads } = this.shape;
    const kvWidth = kvHeads * headSize(this.shape);
    const name = (part: string): string => `layers.${String(layer)}.${part}`;
    const past = ['key', 'value'].map((part) => `past_key_values.${String(layer)}.${part}`);
    const present = ['key', 'value'].map((part) => `present.${String(layer)}.${part}`);
    const kept = (length: string) => ['batch', kvHeads, length, headSize(this.shape)] as const;
    const query = this.adapted(input, name('q_proj'), width);
    const key = this.dense(input, name('k_proj'), width, kvWidth);
    const value = this.adapted(input, name('v_proj'), kvWidth);
    this.inputs.push(...past.map((each) => ({ name: each, type: 'FP32' as const, shape: kept('past') })));
    this.outputs.push(...present.map((each) => ({ name: each, type: 'FP32' as const, shape: kept('total') })));
    const mixed = this.node('GroupQueryAttention', [query, key, value, ...past, ...lengths, 'cos_cache', 'sin_cache'], {
      domain: MICROSOFT,
      outputs: [`mixed${String(layer)}`, ...present],
      attributes: { num_heads: heads, kv_num_heads: kvHeads, do_rotary: 1 },
    });
    return this.dense(mixed, name('o_proj'), width, width);
  }

  /** `seqlens_k` and `total_sequence_length`, as ONNX Runtime GenAI's model builder derives them from the mask. */
  lengths(): readonly string[] {
    this.integers('one', [1]);
    const valid = this.node('Sub', [
      this.node('ReduceSum', ['attention_mask', 'one'], { attributes: { keepdims: 0 } }),
      'one',
    ]);
    const total = this.node('Gather', [this.node('Shape', ['attention_mask']), 'one']);
    return [valid, total].map((length) => this.node('Cast', [length], { attributes: { to: INT32 } }));
  }

  rotary(): void {
    const half = headSize(this.shape) / 2;
    const angles = Array.from({ length: this.shape.context * half }, (_, index) => {
      const position = Math.floor(index / half);
      return position / ROTARY_BASE ** ((index % half) / half);
    });
    this.weights.constant('cos_cache', [this.shape.context, half], angles.map(Math.cos));
    this.weights.constant('sin_cache', [this.shape.context, half], angles.map(Math.sin));
  }

  integers(name: string, values: readonly number[]): string {
    this.weights.all.push({ name, shape: [values.length], values: BigInt64Array.from(values, BigInt) });
    return name;
  }

  /** The states whose logits are given. */
  wanted(states: string): string {
    if (!this.shape.picksLogits) return states;
    this.inputs.push({ name: 'logits_at', type: 'INT64', shape: ['batch'] });
    const place = this.node('Reshape', ['logits_at', this.integers('column', [-1, 1, 1])]);
    return this.node('GatherND', [states, place], { attributes: { batch_dims: 1 } });
  }

  write(): Buffer {
    const { width, vocabulary, layers, embeds, positions, picksLogits, mute } = this.shape;
    this.rotary();
    const lengths = this.lengths();
    let state = embeds
      ? 'inputs_embeds'
      : this.node('Gather', [this.weights.add('embed', [vocabulary, width], 6), 'input_ids']);
    if (positions) {
      const table = this.weights.add('positions', [this.shape.context, width], 6);
      state = this.node('Add', [state, this.node('Gather', [table, 'position_ids'])]);
      this.inputs.push({ name: 'position_ids', type: 'INT64', shape: ['batch', 'sequence'] });
    }
    for (let layer = 0; layer < layers; layer += 1) {
      const attended = this.attention(this.norm(state, `norm${String(layer)}`), layer, lengths);
      state = this.node('Add', [state, attended]);
      const wide = this.dense(this.norm(state, `wide-norm${String(layer)}`), `up${String(layer)}`, width, 2 * width);
      const narrow = this.dense(this.node('Tanh', [wide]), `down${String(layer)}`, 2 * width, width);
      state = this.node('Add', [state, narrow]);
    }
    const wanted = this.wanted(this.norm(state, 'norm'));
    const head = this.weights.add('head', [width, vocabulary], width / HEAD_GAIN);
    const bias = Array.from({ length: vocabulary }, (_, token) => (mute.includes(token) ? MUTE : 0));
    const spoken = this.weights.constant('spoken', [vocabulary], bias);
    this.node('Add', [this.node('MatMul', [wanted, head]), spoken], { outputs: ['logits'] });
    const tokens: OnnxValue = embeds
      ? { name: 'inputs_embeds', type: 'FP32', shape: ['batch', 'sequence', width] }
      : { name: 'input_ids', type: 'INT64', shape: ['batch', 'sequence'] };
    return writeOnnx({
      inputs: [tokens, { name: 'attention_mask', type: 'INT64', shape: ['batch', 'total'] }, ...this.inputs],
      outputs: [
        { name: 'logits', type: 'FP32', shape: ['batch', picksLogits ? 1 : 'sequence', vocabulary] },
        ...this.outputs,
      ],
      nodes: this.nodes,
      weights: this.weights.all,
    });
  }
}

/** A decoder with grouped-query attention, rotary positions and a cache of keys and values. */
export const decoderOnnx = (shape: LanguageShape = TINY_LANGUAGE): Buffer => new Decoder(shape).write();

/** `input_ids` INT64 [batch, sequence] -> `inputs_embeds` FP32 [batch, sequence, width]. */
export function embedOnnx({ vocabulary, width }: LanguageShape = TINY_LANGUAGE): Buffer {
  const weights = new RandomWeights();
  weights.add('embed', [vocabulary, width], 6);
  return writeOnnx({
    inputs: [{ name: 'input_ids', type: 'INT64', shape: ['batch', 'sequence'] }],
    outputs: [{ name: 'inputs_embeds', type: 'FP32', shape: ['batch', 'sequence', width] }],
    nodes: [{ op: 'Gather', inputs: ['embed', 'input_ids'], outputs: ['inputs_embeds'] }],
    weights: weights.all,
  });
}

/** How an image is cut up: into `tokens` of the same number of pixels, each of the next rows or parts of a row. */
export interface SightShape {
  readonly rows: number;
  readonly columns: number;
  /** Divides the pixels of an image. */
  readonly tokens: number;
}

/** A feature for each quarter of the rows. */
const TINY_SIGHT: SightShape = { rows: 8, columns: 8, tokens: 4 };

/** `pixel_values` UINT8 [images, rows, columns, 1] -> `image_features` FP32 [images, tokens, width]. */
export function visionOnnx({ width }: LanguageShape = TINY_LANGUAGE, sight: SightShape = TINY_SIGHT): Buffer {
  const { rows, columns, tokens } = sight;
  const pixels = (rows * columns) / tokens;
  const weights = new RandomWeights();
  weights.add('patch', [pixels, width], pixels);
  weights.constant('one-255th', [], [1 / 255]);
  weights.all.push({ name: 'patches', shape: [3], values: BigInt64Array.of(-1n, BigInt(tokens), BigInt(pixels)) });
  return writeOnnx({
    inputs: [{ name: 'pixel_values', type: 'UINT8', shape: ['images', rows, columns, 1] }],
    outputs: [{ name: 'image_features', type: 'FP32', shape: ['images', tokens, width] }],
    nodes: [
      { op: 'Cast', inputs: ['pixel_values'], outputs: ['numbers'], attributes: { to: 1 } },
      { op: 'Mul', inputs: ['numbers', 'one-255th'], outputs: ['unit'] },
      { op: 'Reshape', inputs: ['unit', 'patches'], outputs: ['rows'] },
      { op: 'MatMul', inputs: ['rows', 'patch'], outputs: ['image_features'] },
    ],
    weights: weights.all,
  });
}

/** `pixel_values` INT16 [images, depth, rows, columns, 1] of any size -> `image_features` FP32 [images, tokens, width]. */
export function volumeVisionOnnx({ width }: LanguageShape, tokens: number): Buffer {
  const weights = new RandomWeights();
  weights.add('spread', [1, tokens * width], 1);
  weights.constant('range', [], [1 / 1_000]);
  weights.all.push({ name: 'features', shape: [3], values: BigInt64Array.of(-1n, BigInt(tokens), BigInt(width)) });
  return writeOnnx({
    inputs: [{ name: 'pixel_values', type: 'INT16', shape: ['images', 'depth', 'rows', 'columns', 1] }],
    outputs: [{ name: 'image_features', type: 'FP32', shape: ['images', tokens, width] }],
    nodes: [
      { op: 'Cast', inputs: ['pixel_values'], outputs: ['numbers'], attributes: { to: 1 } },
      { op: 'Mul', inputs: ['numbers', 'range'], outputs: ['scaled'] },
      { op: 'ReduceMean', inputs: ['scaled'], outputs: ['mean'], attributes: { axes: [1, 2, 3], keepdims: 0 } },
      { op: 'MatMul', inputs: ['mean', 'spread'], outputs: ['wide'] },
      { op: 'Reshape', inputs: ['wide', 'features'], outputs: ['image_features'] },
    ],
    weights: weights.all,
  });
}

/** An adapter of noise for the projections of query and value, as a safetensors file. */
export function loraSafetensors(shape: LanguageShape, rank: number, seed: number): Buffer {
  const { width, layers, kvHeads } = shape;
  const weights = new RandomWeights(seed);
  const matrices: NamedMatrix[] = [];
  const add = (name: string, rows: number, columns: number): void => {
    weights.add(name, [rows, columns], rows);
    matrices.push({ name, shape: [rows, columns], values: weights.last });
  };
  for (let layer = 0; layer < layers; layer += 1) {
    for (const [projection, out] of [
      ['q_proj', width],
      ['v_proj', kvHeads * headSize(shape)],
    ] as const) {
      add(`lora.layers.${String(layer)}.${projection}.a`, width, rank);
      add(`lora.layers.${String(layer)}.${projection}.b`, rank, out);
    }
  }
  return writeSafetensors(matrices);
}
