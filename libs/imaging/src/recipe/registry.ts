import type { LayoutStep, Step } from './step';
import { body } from './steps/body';
import { colour } from './steps/colour';
import { crop } from './steps/crop';
import { hounsfield } from './steps/hounsfield';
import { layout } from './steps/layout';
import { layoutVolume } from './steps/layout-volume';
import { reorient } from './steps/reorient';
import { resample } from './steps/resample';
import { rescale } from './steps/rescale';
import { resize } from './steps/resize';
import { scale } from './steps/scale';
import { window } from './steps/window';

/* One line a step; a step is a file in `steps/`. */
const steps: readonly Step[] = [body, colour, crop, hounsfield, reorient, resample, rescale, resize, scale, window];

/* One line a step that ends a recipe. */
const layouts: readonly LayoutStep[] = [layout, layoutVolume];

export const STEPS: ReadonlyMap<string, Step> = new Map(steps.map((step) => [step.id, step]));

export const LAYOUTS: ReadonlyMap<string, LayoutStep> = new Map(layouts.map((step) => [step.id, step]));
