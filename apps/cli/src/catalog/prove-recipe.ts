import type { Recipe } from '@medserve/engines';
import type { Doors } from './promised';
import { proveDecoder } from './prove-decoder';
import { proveDualEncoder } from './prove-dual-encoder';

/** What one promise of a recipe came to. */
export interface Proof {
  readonly system: string;
  readonly promise: string;
  /** Absent: it was kept. */
  readonly broken?: string;
}

/** Keeps every promise of a recipe, one after the other, through the whole road. */
export async function proveRecipe(recipe: Recipe, doors: Doors): Promise<readonly Proof[]> {
  const promises = recipe.standIn.kind === 'decoder' ? proveDecoder(recipe) : proveDualEncoder(recipe, recipe.standIn);
  const proofs: Proof[] = [];
  for (const { promise, keep } of promises) {
    const broken = await keep(doors).catch((error: unknown) => (error instanceof Error ? error.message : 'unknown'));
    proofs.push({ system: recipe.system, promise, ...(broken !== undefined && { broken }) });
  }
  return proofs;
}
