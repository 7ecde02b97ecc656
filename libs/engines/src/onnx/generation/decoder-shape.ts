import { broken } from '../../broken';
import type { GraphSummary, GraphValue } from '../graph/graph-summary';
import type { KvShape } from './kv-rows';

/** A projection that adapters change: `lora.<name>.a` [batch, width, rank] and `lora.<name>.b` [batch, rank, out]. */
export interface LoraModule {
  readonly name: string;
  readonly width: number;
  readonly out: number;
}

/** What a decoder's file says that it takes. */
export interface DecoderShape {
  readonly kv: KvShape;
  readonly vocabulary: number;
  /** Width of `inputs_embeds`; absent: it takes `input_ids`. */
  readonly embeds: number | undefined;
  readonly takesPositions: boolean;
  /** Whether it is told which position's logits are wanted; else it gives those of all. */
  readonly picksLogits: boolean;
  readonly modules: readonly LoraModule[];
}

const KEY = /^past_key_values\.\d+\.key$/;
const LORA = /^lora\.(.+)\.a$/;
const KNOWN =
  /^(?:input_ids|inputs_embeds|attention_mask|position_ids|logits_at|past_key_values\.\d+\.(?:key|value)|lora\..+\.[ab])$/;

function sizeOf(values: readonly GraphValue[], name: string, axis: number): number {
  const size = values.find((each) => each.name === name)?.shape?.[axis];
  if (size === undefined || size <= 0) throw broken(`The decoder says no size of axis ${String(axis)} of "${name}".`);
  return size;
}

/** @throws ServingError `model_broken` where the file is no decoder that is run here */
export function decoderShape({ inputs, outputs }: Pick<GraphSummary, 'inputs' | 'outputs'>): DecoderShape {
  const has = (name: string): boolean => inputs.some((input) => input.name === name);
  const unknown = inputs.find(({ name }) => !KNOWN.test(name));
  if (unknown) throw broken(`The decoder has the input "${unknown.name}", which nothing is known to give.`);
  const layers = inputs.filter(({ name }) => KEY.test(name)).length;
  if (layers === 0) throw broken('The decoder keeps no keys and values: it has no input "past_key_values.0.key".');
  if (!has('attention_mask')) throw broken('The decoder has no input "attention_mask".');
  if (!has('inputs_embeds') && !has('input_ids')) throw broken('The decoder has no input "input_ids".');
  const modules = inputs.flatMap(({ name }) => {
    const module = LORA.exec(name)?.[1];
    if (module === undefined) return [];
    return { name: module, width: sizeOf(inputs, name, 1), out: sizeOf(inputs, `lora.${module}.b`, 2) };
  });
  return {
    kv: {
      layers,
      heads: sizeOf(inputs, 'past_key_values.0.key', 1),
      headSize: sizeOf(inputs, 'past_key_values.0.key', 3),
    },
    vocabulary: sizeOf(outputs, 'logits', 2),
    embeds: has('inputs_embeds') ? sizeOf(inputs, 'inputs_embeds', 2) : undefined,
    takesPositions: has('position_ids'),
    picksLogits: has('logits_at'),
    modules,
  };
}
