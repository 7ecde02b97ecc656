import type { CatalogueEntry } from '@medserve/rpc';
import type { LiveCatalogue } from '../infer/live-catalogue';
import type { CachedModel } from './caching-dispatcher';

/** By digest: the configuration is part of what a digest stands for. Replaced as a whole when it grows beyond what is served. */
const REMEMBERED = 4_096;

/** The models whose configuration says `response_cache { enable: true }`: only an operator knows that a model has one answer. */
export function cachedModels(catalogue: Pick<LiveCatalogue, 'expected'>): CachedModel {
  const allowed = new Map<string, boolean>();
  const allows = (entry: CatalogueEntry): boolean => {
    const known = allowed.get(entry.digest);
    if (known !== undefined) return known;
    if (allowed.size >= REMEMBERED) allowed.clear();
    const enabled = entry.configJson !== '' && isEnabled(JSON.parse(entry.configJson));
    allowed.set(entry.digest, enabled);
    return enabled;
  };
  return (order) => {
    const entry = catalogue.expected(order);
    return entry !== undefined && allows(entry) ? entry : undefined;
  };
}

const isEnabled = (config: unknown): boolean =>
  (config as { readonly response_cache?: { readonly enable?: unknown } } | null)?.response_cache?.enable === true;
