import { bundled } from '../package';
import type { ChildPlan } from './child';
import type { Shape } from './options';

/** The largest JSON body, 512 MB, lies there twice: as text, and as what the text holds. Two of them fit. */
const OPEN_TO_CALLERS_MB = 2048;
/** Holds frames that it forwards undecoded, events of at most 64 kB, or a list of packages. */
const FORWARDS_MB = 512;

/** In which order the services start does not matter; they end in this order, so that who asks ends before who answers. */
export interface ShapePlans {
  readonly beforePods: readonly ChildPlan[];
  readonly afterPods: readonly ChildPlan[];
}

const forwards = (name: string): ChildPlan => ({ name, entry: bundled(name), heapMb: FORWARDS_MB });

const PLATFORM: ChildPlan = {
  name: 'platform',
  entry: bundled('platform'),
  heapMb: OPEN_TO_CALLERS_MB,
};
const GATEWAY: ChildPlan = { ...forwards('gateway'), heapMb: OPEN_TO_CALLERS_MB };

/** @param isScaled whether pods come and go, which takes a scaler */
export const plansOf = (shape: Shape, isScaled: boolean): ShapePlans =>
  shape === 'single'
    ? { beforePods: [PLATFORM], afterPods: [] }
    : {
        beforePods: [GATEWAY, ...(isScaled ? [forwards('scaler')] : []), forwards('router')],
        afterPods: [forwards('recorder'), forwards('monitor')],
      };

/** Of one inference pod. */
export const podPlan = (name: string): ChildPlan => ({ ...forwards('inference'), name });

/** The first one goes by the name of the service alone. */
export const podNames = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => (index === 0 ? 'inference' : `inference-${String(index + 1)}`));
