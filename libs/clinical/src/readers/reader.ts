import type { z } from 'zod';
import type { Finding } from '../answers/answer';
import type { DecodedHeader } from '../pixels/picture';
import type { Tensor } from '../pixels/tensor';

/**
 * How the recipe laid the input image into the model's input: model coordinate = image coordinate * scale + offset.
 * A reader uses it to answer in pixels of the image that was sent.
 */
export interface Placement {
  readonly scaleX: number;
  readonly scaleY: number;
  readonly offsetX: number;
  readonly offsetY: number;
}

export interface Reading {
  /** The input as it was sent: size, geometry, spacing. */
  readonly input: DecodedHeader;
  readonly placement: Placement;
  /** The model's outputs by name. */
  readonly outputs: ReadonlyMap<string, Tensor>;
}

/**
 * Turns a model's output tensors into a finding. Plain and deterministic. A package names its reader in `model.yaml` under
 * `read.reader` and gives it `read.parameters`, which `parameters` checks when the package is loaded.
 *
 * @throws Error when the outputs lack a tensor or a shape that the parameters promise; the host reports `inference_failed`.
 */
export interface Reader<P = unknown> {
  readonly id: string;
  readonly parameters: z.ZodType<P>;
  read(reading: Reading, parameters: P): Finding;
}

export function defineReader<P>(reader: Reader<P>): Reader<P> {
  return reader;
}
