import type { Decoded } from '@medserve/clinical';
import type { Eyes, GenerationRules } from '@medserve/engines';
import { ServingError } from '@medserve/errors';
import { compileRecipe, encodePng } from '@medserve/imaging';

const UNNAMED = 'image';

/**
 * How a model that writes sees: by the recipe of its package, where it has one.
 *
 * @throws ServingError `model_broken` when the recipe is none
 */
export function eyesOf({ image }: Pick<GenerationRules, 'image'>): Eyes {
  const pngOf = (decoded: Decoded) => encodePng(decoded, image?.maxImages ?? 1);
  if (!image?.recipe) return { tensorOf: undefined, pngOf };
  const recipe = compileRecipe(image.recipe);
  const name = image.tensor ?? UNNAMED;
  return {
    tensorOf: (decoded) => {
      const { tensor } = recipe.apply(decoded, name);
      if (tensor.shape[0] === 1) return tensor;
      throw new ServingError('inference_failed', 'The recipe of the package does not give one image at a time.');
    },
    pngOf,
  };
}
