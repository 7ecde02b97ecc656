import { ServingError } from '@medserve/errors';

/** A model package that the trust policy keeps from being served; `detail` names no path of this machine. */
export const untrusted = (detail: string, cause?: unknown): ServingError =>
  new ServingError('model_untrusted', detail, { cause });
