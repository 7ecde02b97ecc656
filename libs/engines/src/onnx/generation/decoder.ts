import { ServingError } from '@medserve/errors';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Ort } from '../load-ort';
import type { Adapter, Adapters } from './adapters';
import type { DecoderShape } from './decoder-shape';
import { giveBack } from './give-back';
import type { KvRows } from './kv-rows';
import { NEW, NEW_AT } from './new-positions';

type Tensors = Record<string, OrtTensor>;

/** What a run takes, over memory that stays: a step only writes numbers into it. */
interface Plan {
  readonly feeds: Tensors;
  /** Of a decoder that takes embeddings: what makes them, and the memory that they go to. */
  readonly embed: Tensors | undefined;
}

/** Of a chunk of a prompt: positions whose embeddings are features of images instead of those of their tokens. */
export interface FeatureRows {
  /** First position in the chunk. */
  readonly at: number;
  /** [positions, width] */
  readonly values: Float32Array;
}

export interface DecoderParts {
  /** With `NEW_AT` and `NEW`. */
  readonly decoder: InferenceSession;
  readonly embed: InferenceSession | undefined;
}

/** In memory of their own, which whoever has taken what it wants gives back. */
type Logits = Float32Array<ArrayBuffer>;

/** FP32 [batch, sequence, width] */
export const EMBEDDINGS = 'inputs_embeds';
const OUTPUTS = ['logits', NEW];

/**
 * Runs the decoder over the rows of a cache: a chunk of one row's prompt, or a token of each of the first rows.
 *
 * Shapes as in the ONNX Runtime GenAI model builder's decoders: `attention_mask` is as wide as the rows are long, and the ones in
 * a row count what is valid with the new tokens (com.microsoft.GroupQueryAttention takes the past of a row to be that less the
 * new tokens, and never looks at what lies right of it).
 */
export class Decoder {
  private readonly ids: BigInt64Array;
  /** Low words of the same. */
  private readonly idWords: Int32Array;
  private readonly positions: BigInt64Array;
  private readonly newAt: BigInt64Array;
  private readonly newAtWords: Int32Array;
  private readonly logitsAt: BigInt64Array;
  private readonly embeddings: Float32Array;
  private decodePlan: { readonly plan: Plan; readonly rows: number } | undefined;

  constructor(
    private readonly ort: Ort,
    private readonly parts: DecoderParts,
    readonly shape: DecoderShape,
    private readonly kv: KvRows,
    private readonly adapters: Adapters,
    chunk: number,
  ) {
    const most = Math.max(chunk, kv.rows);
    this.ids = new BigInt64Array(most);
    this.idWords = new Int32Array(this.ids.buffer);
    this.positions = new BigInt64Array(most);
    this.newAt = new BigInt64Array(most * shape.kv.heads * 2);
    this.newAtWords = new Int32Array(this.newAt.buffer);
    this.logitsAt = new BigInt64Array(kv.rows);
    this.embeddings = new Float32Array(most * (shape.embeds ?? 0));
  }

  /** To be said when rows came, went or moved. */
  rowsChanged(): void {
    this.decodePlan = undefined;
  }

  /**
   * Runs positions of a prompt at the end of what its row holds.
   *
   * @returns logits of the last of them
   * @throws ServingError `inference_failed`
   */
  async prefill(
    row: number,
    tokens: Int32Array,
    features: readonly FeatureRows[],
    adapter: Adapter | undefined,
  ): Promise<Logits> {
    const { kv, shape } = this;
    const begin = kv.valid[row] ?? 0;
    const count = tokens.length;
    this.fit(row, row + 1, count);
    for (let index = 0; index < count; index += 1) this.place(index, tokens[index] ?? 0, begin + index);
    this.locate(1, count, () => begin);
    this.logitsAt[0] = BigInt(count - 1);
    const plan = this.plan(row, 1, count, [adapter]);
    await this.embed(plan);
    for (const { at, values } of features) this.embeddings.set(values, at * (shape.embeds ?? 0));
    const logits = await this.run(plan, row, 1, count);
    return shape.picksLogits ? logits : logits.subarray((count - 1) * shape.vocabulary);
  }

  /**
   * Runs one token of each of the first rows.
   *
   * @param tokens one a row, the last that was chosen
   * @param adapters one a row that is run
   * @returns logits [rows, vocabulary]
   * @throws ServingError `inference_failed`
   */
  async decode(tokens: Int32Array, adapters: readonly (Adapter | undefined)[]): Promise<Logits> {
    const { valid } = this.kv;
    const rows = adapters.length;
    for (let row = 0; row < rows; row += 1) this.place(row, tokens[row] ?? 0, valid[row] ?? 0);
    this.locate(rows, 1, (row) => valid[row] ?? 0);
    this.fit(0, rows, 1);
    this.logitsAt[0] = 0n;
    if (this.decodePlan?.rows !== rows) this.decodePlan = { plan: this.plan(0, rows, 1, adapters), rows };
    const { plan } = this.decodePlan;
    await this.embed(plan);
    return this.run(plan, 0, rows, 1);
  }

  async close(): Promise<void> {
    await this.parts.decoder.release();
    await this.parts.embed?.release();
  }

  private place(index: number, token: number, position: number): void {
    this.idWords[2 * index] = token;
    if (this.shape.takesPositions) this.positions[index] = BigInt(position);
  }

  /** Where in each row the new positions lie. */
  private locate(rows: number, count: number, beginOf: (row: number) => number): void {
    const { heads } = this.shape.kv;
    let at = 0;
    for (let row = 0; row < rows; row += 1) {
      const begin = beginOf(row);
      for (let head = 0; head < heads; head += 1) {
        for (let index = 0; index < count; index += 1, at += 4) {
          this.newAtWords[at] = head;
          this.newAtWords[at + 2] = begin + index;
        }
      }
    }
  }

  /** Makes the rows from `first` to before `end` longer by so many positions, which are to be written yet. */
  private fit(first: number, end: number, count: number): void {
    const { kv } = this;
    let longest = 0;
    for (let row = 0; row < kv.rows; row += 1) {
      const more = row >= first && row < end ? count : 0;
      longest = Math.max(longest, (kv.valid[row] ?? 0) + more);
    }
    if (kv.grow(longest)) this.rowsChanged();
    for (let row = first; row < end; row += 1) kv.setValid(row, (kv.valid[row] ?? 0) + count);
  }

  private plan(first: number, rows: number, count: number, adapters: readonly (Adapter | undefined)[]): Plan {
    const { kv, shape } = this;
    const { layers, heads, headSize } = shape.kv;
    const feeds: Tensors = {
      attention_mask: this.int64(kv.mask.subarray(first * kv.length, (first + rows) * kv.length), [rows, kv.length]),
      [NEW_AT]: this.int64(this.newAt.subarray(0, rows * heads * count * 2), [rows, heads, count, 2]),
      ...this.adapters.tensorsFor(adapters),
    };
    const stride = heads * kv.length * headSize;
    for (let part = 0; part < 2 * layers; part += 1) {
      const past = kv.parts[part]?.subarray(first * stride, (first + rows) * stride) ?? new Float32Array(0);
      const name = `past_key_values.${String(part >> 1)}.${part % 2 === 0 ? 'key' : 'value'}`;
      feeds[name] = this.float32(past, [rows, heads, kv.length, headSize]);
    }
    const ids = this.int64(this.ids.subarray(0, rows * count), [rows, count]);
    if (shape.takesPositions)
      feeds['position_ids'] = this.int64(this.positions.subarray(0, rows * count), [rows, count]);
    if (shape.picksLogits) feeds['logits_at'] = this.int64(this.logitsAt.subarray(0, rows), [rows]);
    if (shape.embeds === undefined) return { feeds: { ...feeds, input_ids: ids }, embed: undefined };
    const embeddings = this.embeddings.subarray(0, rows * count * shape.embeds);
    feeds[EMBEDDINGS] = this.float32(embeddings, [rows, count, shape.embeds]);
    return { feeds, embed: { input_ids: ids } };
  }

  private async embed({ embed }: Plan): Promise<void> {
    if (!embed) return;
    const results = await run(this.parts.embed, embed, [EMBEDDINGS]);
    this.embeddings.set(results[EMBEDDINGS]?.data as Float32Array);
  }

  private async run(plan: Plan, first: number, rows: number, count: number): Promise<Logits> {
    const results = await run(this.parts.decoder, plan.feeds, OUTPUTS);
    const added = results[NEW]?.data as Logits;
    this.kv.append(first, rows, count, added);
    giveBack(added);
    return results['logits']?.data as Logits;
  }

  private float32(data: Float32Array, dims: readonly number[]): OrtTensor {
    return new this.ort.Tensor('float32', data, dims);
  }

  private int64(data: BigInt64Array, dims: readonly number[]): OrtTensor {
    return new this.ort.Tensor('int64', data, dims);
  }
}

async function run(
  session: InferenceSession | undefined,
  feeds: Tensors,
  outputs: readonly string[],
): Promise<Tensors> {
  const results = await session?.run(feeds, outputs).catch((error: unknown) => {
    throw new ServingError('inference_failed', 'The model failed on this input.', { cause: error });
  });
  return results ?? {};
}
