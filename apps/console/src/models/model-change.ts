import type { ModelDetails } from './model-types';

/** What somebody may do with a model that is served, or is to be. `expected`: the choice that they saw. */
export type ModelChange =
  | { readonly kind: 'load' | 'unload'; readonly model: string }
  | { readonly kind: 'choose'; readonly model: string; readonly version: string | null; readonly expected: number }
  | { readonly kind: 'back'; readonly model: string; readonly expected: number };

type Seen = Pick<ModelDetails, 'name' | 'versions' | 'default'>;

/** Which version will answer requests that name none; undefined: the change is none of that. */
export function answeringAfter(change: ModelChange, { versions, default: shown }: Seen): string | undefined {
  if (change.kind === 'load' || change.kind === 'unload') return undefined;
  const wanted = change.kind === 'choose' ? change.version : shown.previous;
  const served = versions.filter(({ state }) => state !== 'broken' && state !== 'unloaded');
  return (served.find(({ version }) => version === wanted) ?? served[0])?.version;
}

/** How long the first request is expected to wait for that version, in milliseconds; 0: not at all; undefined: not known. */
export function firstWaitMs(version: string | undefined, { versions }: Seen): number | undefined {
  const found = versions.find((one) => one.version === version);
  if (found === undefined || found.isWarm) return 0;
  return found.expectedLoadMs ?? undefined;
}
