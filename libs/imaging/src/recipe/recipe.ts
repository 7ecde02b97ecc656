import type { Decoded, Placement, Tensor } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { z } from 'zod';
import { LAYOUTS, STEPS } from './registry';
import type { Working } from './step';

/** From a decoded picture or volume to the tensor that one input of the model takes. */
export interface Recipe {
  /** Ids of the steps, in order. */
  readonly steps: readonly string[];
  /**
   * Plain and deterministic; the samples it is given stay as they are, and the tensor may share them.
   *
   * @throws ServingError `unreadable_image` when the recipe does not take what was sent (a volume where it takes a picture).
   */
  apply(decoded: Decoded, tensorName: string): { readonly tensor: Tensor; readonly placement: Placement };
}

const AS_SENT: Placement = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };
const shape = z
  .array(z.looseObject({ step: z.string() }))
  .min(1)
  .max(32);

/**
 * Checks the `recipe` of a package once, when it is loaded: every step known, its parameters valid, a layout as the last.
 *
 * @throws ServingError `model_broken` that names the step and what is wrong with it.
 */
export function compileRecipe(recipe: unknown): Recipe {
  const checked = shape.safeParse(recipe);
  if (!checked.success) throw broken('a recipe is a list of 1 to 32 entries, each with "step"');
  const entries = [...checked.data];
  const last = entries.pop() as (typeof entries)[number];
  const run = entries.map((entry, index) => {
    const step = STEPS.get(entry.step);
    if (step === undefined)
      throw broken(`step ${String(index + 1)}: "${entry.step}" is not one of ${[...STEPS.keys()].join(', ')}`);
    const parameters = valid(step.parameters, entry, index);
    return (working: Working): Working => step.apply(working, parameters);
  });
  const layout = LAYOUTS.get(last.step);
  if (layout === undefined)
    throw broken(`the last step has to be one of ${[...LAYOUTS.keys()].join(', ')}, not "${last.step}"`);
  const parameters = valid(layout.parameters, last, entries.length);
  return {
    steps: checked.data.map(({ step }) => step),
    apply(decoded, tensorName) {
      const working = run.reduce<Working>((before, step) => step(before), { image: decoded, placement: AS_SENT });
      return { tensor: layout.lay(working, tensorName, parameters), placement: working.placement };
    },
  };
}

function valid(schema: z.ZodType, { step, ...given }: { readonly step: string }, index: number): unknown {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => [...path.map(String), message].join(': '));
  throw broken(`step ${String(index + 1)} "${step}": ${faults.join('; ')}`);
}

const broken = (what: string): ServingError =>
  new ServingError('model_broken', `The package's recipe is not valid: ${what}.`);
