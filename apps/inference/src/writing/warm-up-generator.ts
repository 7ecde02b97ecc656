import type { Decoded, GenerationRequest } from '@medserve/clinical';
import type { Generator } from '@medserve/engines';

const ONE_LINE: GenerationRequest = {
  turns: [],
  sampling: { temperature: 0, topP: 1, presencePenalty: 0, frequencyPenalty: 0 },
  maxTokens: 4,
  stop: [],
  choices: 1,
  format: { kind: 'text' },
  tools: [],
  toolChoice: 'none',
  parallelToolCalls: false,
};

const SIDE = 32;

/** Nothing to be seen. */
const BLANK: Decoded = {
  kind: 'picture',
  width: SIDE,
  height: SIDE,
  channels: 1,
  sampleType: 'uint8',
  samples: new Uint8Array(SIDE * SIDE),
};

/** Of no tenant that there is: nothing that is kept of it is found by anybody. */
const NOBODY = '';

/**
 * Has the model write a few tokens, of a blank image where it sees, so that the first request does not pay for what the engine puts
 * off until then. That the model has no answer to that is no fault.
 */
export async function warmUpGenerator(generator: Generator, sees: boolean): Promise<void> {
  const seen = sees ? ([{ kind: 'image', image: 0 }] as const) : [];
  const turns = [{ role: 'user', parts: [...seen, { kind: 'text', text: 'Hello' }] }] as const;
  await new Promise<void>((resolve) => {
    generator.start(
      { id: 'warm-up', tenant: NOBODY, request: { ...ONE_LINE, turns }, images: sees ? [BLANK] : [] },
      {
        delta: () => undefined,
        progress: () => undefined,
        done: () => {
          resolve();
        },
        failed: () => {
          resolve();
        },
      },
    );
  });
}
