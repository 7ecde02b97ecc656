import { hash } from 'node:crypto';
import { MODALITIES, type GenerationRequest, type PatientIdentity, type Sensitive } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { newEventId } from '@medserve/events';
import type { DecodedStudy } from '@medserve/imaging';
import type { LanguageEntry } from '@medserve/rpc';
import type { Instruments } from '@medserve/runtime';
import type { Principal } from '@medserve/security';
import canonicalize from 'canonicalize';
import { settleColdStart, type Wake } from '../infer/cold-start';
import { optional } from '../infer/model-words';
import { PhaseTimes } from '../infer/phase-times';
import type { Decoder } from '../infer/ports';
import type { Prepared } from '../infer/prepared';
import type { Road } from '../infer/road';
import { onePatient } from '../privacy/one-patient';
import { subjectHashes, type References } from '../privacy/subject-hashes';
import { ByteBudget, type ByteShare } from './byte-budget';
import { checkRules } from './chat-rules';
import type { ChatBody } from './chat-schema';
import { generationRequest } from './generation-request';
import type { LanguageModels } from './language-models';
import { OPENAI_LIMITS } from './limits';
import { readConversation, type Conversation, type ConversationImage } from './read-conversation';
import { readImages, type ImageFile } from './read-images';
import type { HeaderWishes } from './request-headers';
import type { UploadedFiles } from '../files/uploaded-files';

/** A chat completion that may be accepted; how its answer is spelt is the door's. */
export interface PreparedChat extends Omit<Prepared, 'compose'> {
  readonly generation: GenerationRequest;
  /** The images are not needed any more: to be called once the request has ended, whatever became of it. */
  readonly release: () => void;
}

export interface ChatPreparationParts {
  readonly decoder: Decoder;
  readonly models: LanguageModels;
  readonly uploads: Pick<UploadedFiles, 'describe' | 'read'>;
  readonly road: Pick<Road, 'check'>;
  readonly instruments: Instruments;
  readonly references: References;
  readonly wake: Wake;
  /** What the decoded images of all conversations may hold together. */
  readonly decodedBytes?: number;
}

/** From the body of a chat completion to something that may be accepted: choose the model, hold it to its limits, decode. */
export class ChatPreparation {
  private readonly images: ByteBudget;

  constructor(private readonly parts: ChatPreparationParts) {
    this.images = new ByteBudget(parts.decodedBytes ?? OPENAI_LIMITS.decodedInFlightBytes);
  }

  /** @throws ServingError for everything that is refused before there is anything to record: then nothing is held */
  async prepare(
    principal: Principal,
    body: ChatBody,
    wishes: HeaderWishes,
    signal: AbortSignal,
  ): Promise<PreparedChat> {
    const share = this.images.open();
    try {
      const prepared = await this.prepareHolding(share, principal, body, wishes, signal);
      return {
        ...prepared,
        release: () => {
          share.close();
        },
      };
    } catch (error) {
      share.close();
      throw error;
    }
  }

  private async prepareHolding(
    share: ByteShare,
    principal: Principal,
    body: ChatBody,
    wishes: HeaderWishes,
    signal: AbortSignal,
  ): Promise<Omit<PreparedChat, 'release'>> {
    const { decoder, models, road, instruments, references, wake } = this.parts;
    const times = new PhaseTimes(instruments);
    checkRules(body);
    const choice = models.choose(body.model, 'chat');
    const conversation = readConversation(body.messages);
    checkLimits(body, conversation, choice.language);
    road.check(choice.modelName, wishes.class, wishes.deadlineMs);
    const { waiting } = settleColdStart(choice, undefined, { ...wishes.prefer, respondAsync: false }, wake);
    const filedFor: (string | undefined)[] = [];
    const files = conversation.images.map((image, index) =>
      this.fileOf(principal, image, (patient) => (filedFor[index] = patient)),
    );
    const studies = await times.measure('decode', () => readImages(files, { decoder, share, signal }));
    const generation = generationRequest(body, conversation.turns, choice.adapter);
    const images = studies.flatMap((study) => study.inputs.map(({ sha256 }) => sha256));
    const inputs = [...images, references.words(principal.tenant, canonical(conversation.turns))];
    const id = newEventId();
    const named = { task: 'chat', modality: modalityOf(studies), class: wishes.class };
    const hashed = (...named: readonly [PatientIdentity?, Sensitive<string>?]) =>
      subjectHashes(references, principal.tenant, ...named);
    const hashes = onePatient(
      studies.map(({ identity }, index) => ({ told: hashed(identity), filedFor: filedFor[index] })),
      hashed(undefined, wishes.patientKey).patient,
      'messages',
    );
    return {
      generation,
      subject: { request: id, tenant: principal.tenant, by: principal, ...hashes, ...named, inputs },
      fingerprint: hash('sha256', canonical([named, body.model, howSent(body), generation, images]), 'buffer'),
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
        affinityKey: affinityOf(principal.tenant, images, generation),
        ...optional('patientKey', wishes.patientKey),
        ...optional('wantsDecision', wishes.wantsDecision || undefined),
        inputs,
        input: { kind: 'generation', request: generation, images: studies.map(({ decoded }) => decoded) },
      },
    };
  }

  /** Asked for when it is its turn to be decoded: files that are not there are found out one by one, and never all held at once. */
  private fileOf(
    by: Principal,
    { source, field }: ConversationImage,
    tellPatient: (patient: string | undefined) => void,
  ): ImageFile {
    if (!('fileId' in source)) return { field, size: () => Promise.resolve(0), read: () => Promise.resolve(source) };
    const { uploads } = this.parts;
    return {
      field,
      size: async () => (await uploads.describe(by, source.fileId)).bytes,
      read: async () => {
        const { file, patient } = await uploads.read(by, source.fileId);
        tellPatient(patient);
        return file;
      },
    };
  }
}

const sha256 = (text: string): string => hash('sha256', text, 'hex');
const canonical = (value: unknown): string => canonicalize(value) ?? '';

/** What makes other bytes of the same answer. */
const howSent = ({ stream, stream_options: options }: ChatBody) => [
  stream,
  options?.include_usage ?? false,
  ...(options?.continuous_usage_stats === true ? ['continuous'] : []),
];

function checkLimits(body: ChatBody, { turns, images }: Conversation, language: LanguageEntry): void {
  const { maxImages, slots, contextTokens } = language;
  if (images.length > maxImages) {
    const detail = maxImages === 0 ? 'The model does not see images.' : 'There are more images than the model takes.';
    throw invalid('messages', detail, `images: ${String(maxImages)}`);
  }
  if (body.n > slots) throw invalid('n', 'The model does not write so many answers at once.', `n: ${String(slots)}`);
  // Far more than can be read is not turned into tokens to find out by how much.
  const characters = turns.reduce(
    (sum, { parts }) => parts.reduce((size, part) => size + (part.kind === 'text' ? part.text.length : 0), sum),
    0,
  );
  if (characters > contextTokens * OPENAI_LIMITS.charactersPerToken) {
    const detail = 'The prompt is longer than the context of the model.';
    throw invalid('messages', detail, `context tokens: ${String(contextTokens)}`);
  }
}

const invalid = (field: string, detail: string, limit: string): ServingError =>
  new ServingError('invalid_request', detail, { field, limit });

/** What the header of the first image says; pixels are not asked for it. */
function modalityOf([first]: readonly DecodedStudy[]): string {
  if (first === undefined) return 'text';
  return [...MODALITIES.values()].find((modality) => modality.claims(first.facts) !== undefined)?.id ?? 'any';
}

/**
 * Requests about the same image, or that begin alike, find what was kept of each other; those of another tenant do not even go
 * there together.
 */
function affinityOf(tenant: string, [image]: readonly string[], { turns }: GenerationRequest): string {
  const firstUser = turns.findIndex(({ role }) => role === 'user');
  return sha256(canonical([tenant, image ?? turns.slice(0, Math.max(1, firstUser + 1))]));
}
