import type { z } from 'zod';
import type { Finding } from '../answers/answer';
import type { FinishReason, TokenLogprob } from '../generation/generation';
import type { DecodedHeader } from '../pixels/picture';

/** What a model is asked about one input. */
export interface Asking {
  readonly question?: string | undefined;
  /** `parameters` of the request, as its task checked them before it was accepted. */
  readonly asked: Readonly<Record<string, unknown>>;
  /** The image as it was sent: boxes are in its pixels. */
  readonly input: DecodedHeader;
}

/** What it wrote. */
export interface TextReading extends Asking {
  /** The answer, whole, as it was written. */
  readonly text: string;
  /** What the model thought before it answered, where its engine tells that apart. */
  readonly reasoning?: string | undefined;
  readonly finish: FinishReason;
  /** Of the tokens of `text`, where the engine gives them. */
  readonly logprobs?: readonly TokenLogprob[] | undefined;
}

/**
 * Turns the words of a model into a finding. Plain and deterministic; what it cannot read with certainty it hands on as
 * `abstained` with a warning, and invents nothing. A package names the reader of each task in `model.yaml` under
 * `generation.prompts.<task>.reader` and gives it `parameters`, which are checked when the package is loaded.
 *
 * @throws Error where the input is not what the reader reads, such as a volume for boxes; the host reports `inference_failed`.
 */
export interface TextReader<P = unknown> {
  readonly id: string;
  readonly parameters: z.ZodType<P>;
  /**
   * What of the prompt depends on how the model is read: another template, and words to be put in.
   *
   * @throws ServingError `invalid_request` for what the model cannot be asked
   */
  prompt?(
    asking: Asking,
    parameters: P,
  ): { readonly template?: string; readonly words?: Readonly<Record<string, string>> };
  read(reading: TextReading, parameters: P): Finding;
}

export function defineTextReader<P>(reader: TextReader<P>): TextReader<P> {
  return reader;
}
