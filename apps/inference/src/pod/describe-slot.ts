import type { CatalogueEntry } from '@medserve/rpc';
import type { FoundPackage } from './found-package';
import type { HostLauncher } from './host-launcher';

export interface SlotState {
  readonly found: FoundPackage;
  readonly launcher: Pick<HostLauncher, 'failure' | 'measuredBytes' | 'expect'>;
  /** Since when a host is being loaded, of this package or of another in its place; absent: none is. */
  readonly sinceMs: number | undefined;
  readonly unloaded: boolean;
  readonly serves: boolean;
}

/** A slot as the catalogue shows it. While it loads, `expectedLoadMs` is what is left of the time, at least 1. */
export function describeSlot({ found, launcher, sinceMs, unloaded, serves }: SlotState, nowMs: number): CatalogueEntry {
  const { entry, modelPackage } = found;
  const { failure, measuredBytes } = launcher;
  if (unloaded && sinceMs === undefined) return { ...entry, state: 'unloaded', reason: 'unloaded on request' };
  if (!modelPackage) return entry;
  const { loadMs } = launcher.expect(modelPackage);
  const known = { ...entry, residentBytes: measuredBytes, expectedLoadMs: Math.round(loadMs) };
  if (serves) return { ...known, state: 'ready' };
  if (sinceMs !== undefined) {
    return { ...known, state: 'loading', expectedLoadMs: Math.max(1, Math.round(loadMs - (nowMs - sinceMs))) };
  }
  return failure ? { ...known, state: 'broken', reason: failure.error.message } : known;
}
