import { parseFleet } from '@medserve/fleet';
import type { CatalogueEntry } from '@medserve/rpc';
import type { DescribedPool } from '../settings';

interface Wish {
  readonly name?: string;
  readonly models?: readonly string[];
  readonly pods: readonly string[];
  readonly catalogue?: readonly CatalogueEntry[];
  readonly waiting?: { readonly requests?: number; readonly seconds?: number };
  readonly lingerSeconds?: number;
}

/** A pool as a fleet file describes it. */
export function describedPool({ catalogue, name = 'pool', models = ['*'], ...wish }: Wish): DescribedPool {
  const [description] = parseFleet(JSON.stringify({ version: 1, pools: [{ name, models, slots: 4, ...wish }] }));
  if (!description) throw new Error('The file describes no pool.');
  return { description, catalogue };
}
