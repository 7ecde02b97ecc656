import { hash } from 'node:crypto';
import { ServingError } from '@medserve/errors';
import { newEventId } from '@medserve/events';
import type { Instruments } from '@medserve/runtime';
import type { Principal } from '@medserve/security';
import canonicalize from 'canonicalize';
import { settleColdStart, type Wake } from '../infer/cold-start';
import { optional } from '../infer/model-words';
import { PhaseTimes } from '../infer/phase-times';
import type { Prepared } from '../infer/prepared';
import { subjectHashes, type References } from '../privacy/subject-hashes';
import { checkDimensions, embeddingAnswer } from './embedding-answer';
import type { EmbeddingBody } from './embedding-schema';
import type { LanguageModel, LanguageModels } from './language-models';
import { OPENAI_LIMITS } from './limits';
import type { HeaderWishes } from './request-headers';

export interface EmbeddingPreparationParts {
  readonly models: LanguageModels;
  readonly instruments: Instruments;
  readonly references: References;
  readonly wake: Wake;
}

/** From the body of a request for vectors to something that may be accepted. */
export class EmbeddingPreparation {
  constructor(private readonly parts: EmbeddingPreparationParts) {}

  /** @throws ServingError for everything that is refused before there is anything to record */
  prepare(principal: Principal, body: EmbeddingBody, wishes: HeaderWishes): Prepared {
    const { models, instruments, references, wake } = this.parts;
    const times = new PhaseTimes(instruments);
    const choice = models.choose(body.model, 'embed');
    checkDimensions(body.dimensions, dimensionsOf(choice.model));
    checkBytes(body.input);
    const { waiting } = settleColdStart(choice, undefined, { ...wishes.prefer, respondAsync: false }, wake);
    const inputs = [references.words(principal.tenant, canonicalize(body.input) ?? '')];
    const id = newEventId();
    const named = { task: 'embed', modality: 'text', class: wishes.class };
    const hashes = subjectHashes(references, principal.tenant, undefined, wishes.patientKey);
    const asked = [body.model, wishes.class, body.encoding_format, body.dimensions ?? null, inputs];
    return {
      subject: { request: id, tenant: principal.tenant, by: principal, ...hashes, ...named, inputs },
      fingerprint: hash('sha256', canonicalize(asked) ?? '', 'buffer'),
      idempotencyKey: wishes.idempotencyKey,
      modelName: choice.modelName,
      ...waiting,
      deadlineAtMs: times.startedAtMs + wishes.deadlineMs,
      times,
      order: {
        id,
        tenant: principal.tenant,
        class: wishes.class,
        ...choice.route,
        ...optional('patientKey', wishes.patientKey),
        ...optional('wantsDecision', wishes.wantsDecision || undefined),
        inputs,
        input: { kind: 'texts', texts: body.input },
      },
      compose: ({ done }) => embeddingAnswer(body, done),
    };
  }
}

/** Where the package says it: the length of the rows of its only output. */
function dimensionsOf({ outputs }: LanguageModel): number | undefined {
  const length = outputs.length === 1 ? outputs[0]?.shape.at(-1) : undefined;
  return length !== undefined && length > 0 ? length : undefined;
}

function checkBytes(input: EmbeddingBody['input']): void {
  const bytes = input.reduce(
    (sum, text) => sum + (typeof text === 'string' ? Buffer.byteLength(text) : 4 * text.length),
    0,
  );
  if (bytes <= OPENAI_LIMITS.textBytes) return;
  throw new ServingError('too_large', 'The texts are too large together.', {
    field: 'input',
    limit: `texts: ${String(OPENAI_LIMITS.textBytes)} bytes`,
  });
}
