import { ServingError } from '@medserve/errors';
import { OPENAI_PREFIX } from './send-openai-error';
import { refusalAt, UNSERVED_NAMES } from './unserved-paths';

const missing = new ServingError('not_found', 'There is nothing under this path.');

describe("a path of OpenAI's API that is not served", () => {
  it.each(['responses', 'responses/resp_1?x=1', 'completions', 'threads/t/runs'])('says what is: %s', (path) => {
    const { reason, message, remedy } = refusalAt(`/v1/${path}`, missing);
    expect([reason, remedy]).toEqual(['not_found', 'Ask POST /v1/chat/completions instead.']);
    expect(message).toContain(`/v1/${/^\w+/.exec(path)?.[0] ?? ''} of OpenAI's API`);
  });

  it('is spelt as all others of it', () => {
    for (const name of [...UNSERVED_NAMES, 'chat', 'embeddings', 'files'])
      expect(
        [`/v1/${name}`, `/v1/${name}/x`, `/v1/${name}?a`, `/v1/${name}s`].map((path) => OPENAI_PREFIX.test(path)),
      ).toEqual([true, true, true, false]);
  });

  it('is none where another path or another failure is meant', () => {
    expect(refusalAt('/v1/files/file-1', missing)).toBe(missing);
    const denied = new ServingError('unauthenticated', 'No.');
    expect(refusalAt('/v1/responses', denied)).toBe(denied);
  });
});
