import type { CatalogueEntry } from '@medserve/rpc';
import { keyOf } from './keys';

const RANK = { ready: 4, loading: 3, cold: 2, unloaded: 1, broken: 0 } as const satisfies Record<
  CatalogueEntry['state'],
  number
>;

/** One entry a version, in the best state that a pod has it in. */
export function mergeCatalogues(catalogues: readonly (readonly CatalogueEntry[])[]): CatalogueEntry[] {
  const merged = new Map<string, CatalogueEntry>();
  for (const entry of catalogues.flat()) {
    const known = merged.get(keyOf(entry));
    if (!known || RANK[entry.state] > RANK[known.state]) merged.set(keyOf(entry), entry);
  }
  return [...merged.values()].sort((a, b) =>
    a.name === b.name ? Number(a.version) - Number(b.version) : a.name < b.name ? -1 : 1,
  );
}
