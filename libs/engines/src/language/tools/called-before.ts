import type { GenerationRequest } from '@medserve/clinical';
import type { GuardText } from '../prompt/guard-text';
import { OPEN } from './call-form';

/**
 * What the model would have written before the arguments of the function that it has to call. Written for it: so it goes on with
 * arguments, and no token of the answer is spent on what is known.
 */
export function calledBefore({ toolChoice }: GenerationRequest, guard: GuardText): string {
  return typeof toolChoice === 'object'
    ? `${OPEN}{"name": ${guard(JSON.stringify(toolChoice.name))}, "arguments": `
    : '';
}
