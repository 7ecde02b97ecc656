import {
  READERS,
  type Decoded,
  type DecodedHeader,
  type Finding,
  type Placement,
  type Tensor,
} from '@medserve/clinical';
import { ENGINES, type Engine, type ModelPackage } from '@medserve/engines';
import { ServingError } from '@medserve/errors';
import { compileRecipe } from '@medserve/imaging';
import { compileWriting, type CompiledWriting } from '../writing/compile-writing';

export interface CompiledModel {
  readonly engine: Engine;
  /** Absent where the package takes tensors only. */
  readonly image: ImageRoad | undefined;
  /** Of a package that writes. */
  readonly writing?: CompiledWriting | undefined;
}

/** From a decoded image to the model's inputs, and from its outputs to a finding. */
export interface ImageRoad {
  prepare(decoded: Decoded): { readonly feeds: readonly Tensor[]; readonly placement: Placement };
  read(input: DecodedHeader, placement: Placement, outputs: readonly Tensor[]): Finding;
}

const broken = (detail: string, cause?: unknown) => new ServingError('model_broken', detail, { cause });

const UNMOVED: Placement = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };

function pixelsOf(decoded: Decoded): number {
  return decoded.kind === 'picture' ? decoded.width * decoded.height : decoded.slices * decoded.rows * decoded.columns;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}

/**
 * Puts together what `model.yaml` names: engine, recipes, reader.
 *
 * @throws ServingError `model_broken` when it names what is not there, or with parameters that do not fit.
 */
export function compileModel({ manifest }: ModelPackage): CompiledModel {
  const engine = ENGINES.get(manifest.engine);
  if (!engine) throw broken(`There is no engine "${manifest.engine}".`);
  if (manifest.generation) return { engine, image: undefined, writing: compileWriting(engine, manifest.generation) };
  if (!manifest.read) return { engine, image: undefined };
  const reader = READERS.get(manifest.read.reader);
  if (!reader) throw broken(`There is no reader "${manifest.read.reader}".`);
  const parsed = reader.parameters.safeParse(manifest.read.parameters);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(all)'}: ${issue.message}`);
    throw broken(`The parameters of the reader "${reader.id}" are not right: ${problems.join('; ')}.`);
  }
  const inputs = manifest.inputs.map(({ tensor, recipe }) => {
    try {
      return { tensor, recipe: compileRecipe(recipe) };
    } catch (error) {
      throw broken(`The recipe of the input "${tensor}" is not right: ${messageOf(error)}`, error);
    }
  });
  const { maxPixels } = manifest.limits;
  return {
    engine,
    image: {
      prepare: (decoded) => {
        if (maxPixels !== undefined && pixelsOf(decoded) > maxPixels) {
          throw new ServingError('too_large', 'The image has more pixels than the model takes.', {
            limit: `pixels: ${String(maxPixels)}`,
          });
        }
        const prepared = inputs.map(({ tensor, recipe }) => recipe.apply(decoded, tensor));
        return { feeds: prepared.map(({ tensor }) => tensor), placement: prepared[0]?.placement ?? UNMOVED };
      },
      read: (input, placement, outputs) =>
        reader.read(
          { input, placement, outputs: new Map(outputs.map((tensor) => [tensor.name, tensor])) },
          parsed.data,
        ),
    },
  };
}
