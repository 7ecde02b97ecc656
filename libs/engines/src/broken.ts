import { ServingError } from '@medserve/errors';

/** A model package that cannot be served; `detail` names no path of this machine. */
export const broken = (detail: string, cause?: unknown): ServingError =>
  new ServingError('model_broken', detail, { cause });
