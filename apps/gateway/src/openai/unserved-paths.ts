import { ServingError } from '@medserve/errors';

/** What OpenAI's API has under `/v1` and nobody answers here, with what does the same, where there is such a thing. */
const UNSERVED: ReadonlyMap<string, string | undefined> = new Map([
  ['assistants', undefined],
  ['audio', undefined],
  ['batches', undefined],
  ['completions', 'POST /v1/chat/completions'],
  ['conversations', 'POST /v1/chat/completions'],
  ['fine_tuning', undefined],
  ['images', undefined],
  ['moderations', undefined],
  ['responses', 'POST /v1/chat/completions'],
  ['threads', 'POST /v1/chat/completions'],
  ['uploads', 'POST /v1/files'],
  ['vector_stores', undefined],
]);

export const UNSERVED_NAMES: readonly string[] = [...UNSERVED.keys()];

/** The refusal of a path of OpenAI's API: of one that is not served it says so, and what is instead. */
export function refusalAt(path: string, error: ServingError): ServingError {
  const name = /^\/v1\/(\w+)/.exec(path)?.[1] ?? '';
  if (error.reason !== 'not_found' || !UNSERVED.has(name)) return error;
  const served = UNSERVED.get(name);
  return new ServingError('not_found', `/v1/${name} of OpenAI's API is not served here.`, {
    remedy: served === undefined ? undefined : `Ask ${served} instead.`,
  });
}
