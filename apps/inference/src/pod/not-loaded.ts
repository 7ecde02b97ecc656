import type { CatalogueEntry } from '@medserve/rpc';

/** Of the models that are to be warm those that do not serve, in words for who reads a probe. */
export function notLoaded(models: readonly CatalogueEntry[], keepWarm: readonly string[]): string[] {
  return keepWarm.flatMap((name) => {
    const versions = models.filter((entry) => entry.name === name);
    if (versions.length === 0) return [`model ${name}: not in the repositories`];
    return versions.filter(({ state }) => state !== 'ready').map(({ state }) => `model ${name}: ${state}`);
  });
}
