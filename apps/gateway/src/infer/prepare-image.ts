import { decideModality, type ModalityDecision, type Sensitive } from '@medserve/clinical';
import { ServingError, toServingError, type Reason } from '@medserve/errors';
import { newEventId } from '@medserve/events';
import type { DecodedStudy } from '@medserve/imaging';
import type { Instruments } from '@medserve/runtime';
import type { Principal } from '@medserve/security';
import { NO_PREFERENCE, type InferenceRequest } from './inference-request';
import type { References, SubjectHashes } from '../privacy/subject-hashes';
import { subjectOfFiles } from '../privacy/subject-of-files';
import { answerDocument } from './answer-document';
import { filesAsked } from './asked-view';
import { checkAsked } from './check-asked';
import { defaultChoice } from './default-choice';
import { settleColdStart, type Wake } from './cold-start';
import { fingerprint } from './fingerprint';
import { optional, parseModel, type ModelWords } from './model-words';
import type { SeenInput } from './observed-facts';
import { PhaseTimes } from './phase-times';
import type { Catalogue, Choice, Decoder, Dispatcher } from './ports';
import { pixelVerdict, type Asking } from './pixel-verdict';
import type { Prepared } from './prepared';

/** A request for an image's answer, and whom the image shows, where the caller says so. */
export type ImageRequest = InferenceRequest & { readonly patientKey?: Sensitive<string> | undefined };

type Decided = Extract<ModalityDecision, { kind: 'decided' }>;

export interface ImagePreparationParts {
  readonly decoder: Decoder;
  readonly dispatcher: Dispatcher;
  readonly catalogue: Catalogue;
  readonly instruments: Instruments;
  readonly references: References;
  /** Has a model loaded that did not get the request. */
  readonly wake: Wake;
}

/** From the files of a request to something that may be accepted: decode, find out what it is, see that a model can answer. */
export class ImagePreparation {
  constructor(private readonly parts: ImagePreparationParts) {}

  /** @throws ServingError for everything that the table of the native API refuses */
  async prepare(principal: Principal, request: ImageRequest, signal: AbortSignal): Promise<Prepared> {
    const times = new PhaseTimes(this.parts.instruments);
    const model = parseModel(request.model);
    const wanted = { ...optional('task', request.task), ...optional('model', model) };
    this.parts.catalogue.checkWords(wanted);
    const files = filesAsked(request);
    const study = await times.measure('decode', () => this.parts.decoder.decode(files, signal));
    const decision = await this.decide({ principal, request, study, times, signal }).catch(asFailure);
    const hashes = subjectOfFiles(this.parts.references, principal.tenant, study.identity, request);
    if (decision instanceof ServingError) return unanswered(principal, request, study, times, decision, hashes);
    const choice = this.choose(wanted, decision.modality);
    const parameters = checkAsked(choice.task, request);
    const fallback = this.fallbackFor(choice, request.fallback);
    const settled = settleColdStart(choice, fallback, request.prefer ?? NO_PREFERENCE, this.parts.wake);
    const { modelName, version } = settled.choice;
    const inputs = study.inputs.map(({ sha256 }) => sha256);
    const id = newEventId();
    const named = { task: choice.task, modality: decision.modality.id, class: request.class };
    return {
      subject: { request: id, tenant: principal.tenant, by: principal, ...hashes, ...named, inputs },
      fingerprint: fingerprint(request, inputs),
      idempotencyKey: request.idempotencyKey,
      modelName,
      ...settled.waiting,
      deadlineAtMs: times.startedAtMs + request.deadlineMs,
      times,
      seen: seenIn(study, decision, settled.isFallback),
      ...optional('context', study.context),
      order: {
        id,
        tenant: principal.tenant,
        ...named,
        ...optional('model', settled.isFallback ? { name: modelName, version } : model),
        ...optional('parameters', parameters),
        ...optional('question', request.question),
        inputs,
        // The same image goes where it was seen before: what a host keeps of it is there.
        ...optional('affinityKey', inputs[0]),
        ...optional('patientKey', request.patientKey),
        input: { kind: 'decoded', decoded: study.decoded },
      },
      compose: ({ done, record, timings, streamed }) => {
        const { finding } = done;
        if (finding === undefined) throw new ServingError('inference_failed', 'The model gave no finding.');
        const warnings = settled.isFallback ? [fellBack(choice)] : [];
        return answerDocument({ id, decision, study, done: { ...done, finding }, warnings, record, timings, streamed });
      },
    };
  }

  private choose(
    wanted: { readonly task?: string; readonly model?: ModelWords },
    modality: Decided['modality'],
  ): Choice {
    const { catalogue } = this.parts;
    if (wanted.task !== undefined || wanted.model !== undefined)
      return catalogue.check({ ...wanted, modality: modality.id });
    return defaultChoice(catalogue, modality);
  }

  /** The fallback that was named; undefined where none was, or it cannot be asked now. @throws ServingError naming the field */
  private fallbackFor({ task, modality }: Choice, words: string | undefined): Choice | undefined {
    const model = parseModel(words);
    if (model === undefined) return undefined;
    try {
      return this.parts.catalogue.check({ task, modality, model });
    } catch (thrown) {
      const { reason, message, retryAfterMs } = toServingError(thrown);
      if (reason === 'model_unloaded' || reason === 'model_broken' || reason === 'model_untrusted') return undefined;
      throw new ServingError(reason, FALLBACK_REFUSALS[reason] ?? message, { field: 'fallback', retryAfterMs });
    }
  }

  private async decide(asking: Asking): Promise<Decided> {
    const { request, study } = asking;
    const pixels = await pixelVerdict(asking, this.parts.dispatcher);
    const { modality: declared, allowMismatch } = request;
    const decision = decideModality({ facts: study.facts, declared, allowMismatch, pixels });
    if (decision.kind !== 'decided') throw new ServingError('internal', 'The modality stayed undecided.');
    return decision;
  }
}

const FALLBACK_REFUSALS: Partial<Record<Reason, string>> = {
  model_not_found: 'There is no model of the name and version of the fallback.',
  task_not_available: 'The fallback does not do this task for this modality.',
};

/** By where its warnings come from: their sentences are for who asked. */
const seenIn = ({ statistics, facts, warnings }: DecodedStudy, decision: Decided, isFallback: boolean): SeenInput => ({
  statistics,
  scanner: facts.dicom?.scanner,
  warnings: [
    ...(isFallback ? (['fallback_model'] as const) : []),
    ...(decision.warnings.length > 0 ? (['modality_unconfirmed'] as const) : []),
    ...(warnings.length > 0 ? (['input_reduced'] as const) : []),
  ],
});

const fellBack = ({ modelName, version }: Choice): string =>
  `The model ${modelName}:${version} was not loaded; the fallback answered in its place.`;

/** A failure of the road itself, which ends in a record; every other refusal comes before there is anything to record. */
function asFailure(thrown: unknown): ServingError {
  const error = toServingError(thrown);
  if (error.category === 'deadline' || error.category === 'upstream') return error;
  throw thrown;
}

/** A request that failed while its image was being recognised: it is accepted only to end in that failure. */
function unanswered(
  principal: Principal,
  request: InferenceRequest,
  study: DecodedStudy,
  times: PhaseTimes,
  failure: ServingError,
  hashes: SubjectHashes,
): Prepared {
  const inputs = study.inputs.map(({ sha256 }) => sha256);
  const id = newEventId();
  const named = { task: request.task ?? 'recognise', modality: request.modality ?? 'any', class: request.class };
  return {
    subject: { request: id, tenant: principal.tenant, by: principal, ...hashes, ...named, inputs },
    fingerprint: fingerprint(request, inputs),
    idempotencyKey: request.idempotencyKey,
    modelName: 'recogniser',
    deadlineAtMs: times.startedAtMs + request.deadlineMs,
    times,
    order: { id, tenant: principal.tenant, ...named, inputs, input: { kind: 'decoded', decoded: study.decoded } },
    failure,
    compose: () => {
      throw failure;
    },
  };
}
