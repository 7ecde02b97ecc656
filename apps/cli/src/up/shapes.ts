import { join } from 'node:path';
import type { ChildPlan } from './child';
import type { Shape } from './options';

const entryOf = (app: string): string => join(__dirname, '..', '..', '..', app, 'dist', 'main.js');

/** The largest JSON body, 512 MB, lies there twice: as text, and as what the text holds. Two of them fit. */
const OPEN_TO_CALLERS_MB = 2048;
/** Holds frames that it forwards undecoded, events of at most 64 kB, or a list of packages. */
const FORWARDS_MB = 512;

/** In which order they start does not matter; they end in this order, so that who asks ends before who answers. */
const PLANS: Record<Shape, readonly ChildPlan[]> = {
  single: [
    { name: 'platform', entry: join(__dirname, '..', 'platform-main.js'), heapMb: OPEN_TO_CALLERS_MB },
    { name: 'inference', entry: entryOf('inference'), heapMb: FORWARDS_MB },
  ],
  split: ['gateway', 'router', 'inference', 'recorder'].map((name) => ({
    name,
    entry: entryOf(name),
    heapMb: name === 'gateway' ? OPEN_TO_CALLERS_MB : FORWARDS_MB,
  })),
};

export const plansOf = (shape: Shape): readonly ChildPlan[] => PLANS[shape];
