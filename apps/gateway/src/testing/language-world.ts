import { once, EventEmitter } from 'node:events';
import { Sensitive, type GenerationDelta, type GenerationRequest, type GenerationResult } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { RecordEvent } from '@medserve/events';
import type { DecodedStudy, InputFile } from '@medserve/imaging';
import { NOTHING_KNOWN, type CatalogueEntry, type LanguageEntry, type TensorBytes } from '@medserve/rpc';
import { noopInstruments, silentLogger } from '@medserve/runtime';
import { SubjectReferences, type Authenticator } from '@medserve/security';
import type { GatewayParts } from '../door/gateway.module';
import type { HttpServer } from '../door/http-server';
import { ResultReader } from '../records/result-reader';
import { LiveCatalogue } from '../infer/live-catalogue';
import type { Decoder, Dispatcher, DispatchOrder, Records, StoredResult } from '../infer/ports';
import { PROBLEM_TYPE } from '../http/problem';
import { Road } from '../infer/road';
import { ChatPreparation } from '../openai/chat-preparation';
import { EmbeddingPreparation } from '../openai/embedding-preparation';
import { LanguageModels } from '../openai/language-models';
import { StreamBudget } from '../openai/stream-budget';
import { UploadedFiles, type UploadedFilesParts } from '../files/uploaded-files';
import { PRINCIPAL } from './image-world';
import { quietOversight } from './quiet-oversight';
import { ToldActivities } from './told-activities';
import { openHttpDoor } from './open-http-door';

const KEY = 'the-key';
const REFERENCES = new SubjectReferences(Buffer.alloc(32));

/** Language of a model that writes and sees two images. */
export const WRITES: LanguageEntry = {
  generates: true,
  contextTokens: 512,
  maxAnswerTokens: 128,
  maxImages: 2,
  adapters: ['terse'],
  slots: 4,
};

const entry = (name: string, named: Partial<CatalogueEntry>): CatalogueEntry => ({
  ...NOTHING_KNOWN,
  name,
  version: '1',
  state: 'ready',
  reason: '',
  ...named,
});

/** A model that writes, one that turns texts into vectors, and one that does neither. */
export const OFFERED: readonly CatalogueEntry[] = [
  entry('vqa', { language: WRITES, serves: [{ task: 'chat', modality: 'radiology', default: true }] }),
  entry('minds', {
    language: { generates: false, contextTokens: 256, maxAnswerTokens: 0, maxImages: 0, adapters: [], slots: 1 },
    serves: [{ task: 'embed', modality: 'text', default: true }],
    outputs: [{ name: 'sentence_vector', datatype: 'FP32', shape: [-1, 3] }],
  }),
  entry('xray', { serves: [{ task: 'embed', modality: 'radiology', default: true }] }),
];

export const USAGE = { prompt: 7, completion: 2, cached: 1, image: 0 };

/** An answer of one choice. */
export const wrote = (text: string, more: Partial<GenerationResult['choices'][number]> = {}): GenerationResult => ({
  choices: [{ text, toolCalls: [], finish: 'stop', ...more }],
  usage: USAGE,
});

/** An order on its way to a model, for the test to answer. */
export interface Writing {
  readonly order: DispatchOrder;
  readonly request: GenerationRequest;
  readonly write: (delta: GenerationDelta) => void;
  readonly answer: (generation: GenerationResult, tensors?: readonly TensorBytes[]) => void;
  readonly fail: (error: ServingError) => void;
  /** Resolves when nobody waits any more. */
  readonly cancelled: Promise<void>;
}

/** A decoder whose files say what they are: `damaged` cannot be read, `of NAME` is about that patient. */
const decoder: Decoder = {
  decode: ([file]) => {
    const text = file?.bytes.toString('latin1') ?? '';
    if (text === 'damaged') return Promise.reject(new ServingError('unreadable_image', 'The image is damaged.'));
    return Promise.resolve(studyOf(file as InputFile));
  },
};

const studyOf = ({ bytes }: InputFile): DecodedStudy => ({
  decoded: { kind: 'picture', width: 1, height: 1, channels: 1, sampleType: 'uint8', samples: Uint8Array.from(bytes) },
  facts: {
    container: 'dicom',
    dimensions: 2,
    width: 1,
    height: 1,
    depth: 1,
    channels: 1,
    dicom: { modality: 'CR' },
  },
  ...identityIn(bytes.toString('latin1')),
  inputs: [{ sha256: `sha256 of ${bytes.toString('latin1')}`, kind: 'dicom', bytes: bytes.length }],
  warnings: [],
});

function identityIn(text: string): Pick<DecodedStudy, 'identity'> {
  const [, name] = /^of (.*)$/.exec(text) ?? [];
  return name === undefined ? {} : { identity: { patientId: new Sensitive(name) } };
}

type UploadStore = UploadedFilesParts['store'];
type NewUpload = Parameters<UploadStore['add']>[0];
type UploadKey = Parameters<UploadStore['read']>[0];

const keptIn = (kept: Map<string, NewUpload>): UploadStore => {
  const find = ({ tenant, owner, id }: UploadKey): NewUpload | undefined => {
    const found = kept.get(id);
    return found?.tenant === tenant && found.owner === owner ? found : undefined;
  };
  const view = ({ id, bytes, ttlSeconds }: NewUpload) => ({
    id,
    bytes,
    createdAt: new Date(0),
    expiresAt: new Date(1_000 * ttlSeconds),
  });
  return {
    add: (upload) => Promise.resolve(view(kept.set(upload.id, upload).get(upload.id) ?? upload)),
    describe: (key) => {
      const found = find(key);
      return Promise.resolve(found && view(found));
    },
    read: (key) => {
      const found = find(key);
      return Promise.resolve(found && { content: found.content, patient: found.patient ?? null });
    },
    remove: (key) => Promise.resolve(find(key) !== undefined && kept.delete(key.id)),
  };
};

/** The doors of OpenAI's API over a road in memory, with models that write what the test says. */
export class LanguageWorld {
  readonly events: RecordEvent[] = [];
  readonly stored = new Map<string, StoredResult>();
  readonly catalogue = new LiveCatalogue(new Date(0));
  readonly activities = new ToldActivities();
  /** What is kept of uploaded files: nothing is sealed here. */
  readonly kept = new Map<string, NewUpload>();
  private readonly uploads = new UploadedFiles({
    store: keptIn(this.kept),
    vault: { store: (_event, plain, write) => write(plain), open: (_place, stored) => Promise.resolve(stored) },
    activities: this.activities.activities,
    references: REFERENCES,
    now: () => new Date(0),
  });
  /** What an ending waits for before it is on record. */
  recording: Promise<unknown> = Promise.resolve();
  /** Whether what is no problem cannot be stored, as where its key was destroyed. */
  cannotSeal = false;
  /** The request that every idempotency key was used for before; absent: none was. */
  earlier: string | undefined;
  private readonly told = new EventEmitter();
  private readonly writings: Writing[] = [];
  private server: HttpServer | undefined;

  /** What all streams may hold together. */
  streamsBytes = 64 << 20;
  /** What the images of all conversations may hold together. */
  decodedBytes = 64 << 20;

  async start(): Promise<void> {
    this.offer(...OFFERED);
    const { catalogue } = this;
    const instruments = noopInstruments();
    const records = this.records();
    const road = new Road({
      records,
      dispatcher: this.dispatcher(),
      instruments,
      logger: silentLogger,
      now: () => new Date(0),
      references: REFERENCES,
    });
    const models = new LanguageModels(catalogue);
    const shared = { models, instruments, references: REFERENCES, wake: () => undefined };
    const results = new ResultReader(records);
    const parts: Partial<GatewayParts> = {
      road,
      catalogue,
      oversight: quietOversight(results).oversight,
      chat: new ChatPreparation({ ...shared, decoder, road, uploads: this.uploads, decodedBytes: this.decodedBytes }),
      uploads: this.uploads,
      streams: new StreamBudget(instruments.streamBytes, this.streamsBytes),
      embeddings: new EmbeddingPreparation(shared),
    };
    const authenticator: Pick<Authenticator, 'authenticate'> = {
      authenticate: (header) =>
        header === `Bearer ${KEY}`
          ? Promise.resolve(PRINCIPAL)
          : Promise.reject(new ServingError('unauthenticated', 'The request carries no valid key.')),
    };
    this.server = await openHttpDoor({ parts, authenticator, instruments });
  }

  async close(): Promise<void> {
    await this.server?.close();
  }

  get url(): string {
    return this.server?.url ?? '';
  }

  readonly headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };

  offer(...models: readonly CatalogueEntry[]): void {
    this.catalogue.update(models, { complete: true });
  }

  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}, signal?: AbortSignal) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return fetch(this.url + path, {
      method: 'POST',
      headers: { ...this.headers, ...headers },
      body: text,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** The next order that goes to a model. */
  async next(): Promise<Writing> {
    const waiting = this.writings.shift();
    if (waiting !== undefined) return waiting;
    await once(this.told, 'dispatch');
    return this.next();
  }

  /** Resolves when a request has ended on record. */
  async ended(): Promise<void> {
    if (this.events.some(({ event }) => event !== 'accepted')) return;
    await once(this.told, 'ended');
  }

  private dispatcher(): Dispatcher {
    return {
      dispatch: (order, { signal, onDelta }) =>
        new Promise((resolve, reject) => {
          const cancelled = once(signal, 'abort').then(() => {
            reject(new ServingError('cancelled', 'The caller went away.'));
          });
          const { input } = order;
          this.writings.push({
            order,
            request: input.kind === 'generation' ? input.request : ({} as GenerationRequest),
            cancelled,
            fail: reject,
            write: (delta) => onDelta?.(delta),
            answer: (generation, tensors) => {
              resolve({
                generation,
                ...(tensors === undefined ? {} : { tensors }),
                task: 'chat',
                model: { name: 'vqa', version: '1', digest: `sha256:${'ab'.repeat(32)}` },
                engine: 'fake',
                timings: {},
                batch: { rows: 1, batchRows: 1, leads: true },
              });
            },
          });
          this.told.emit('dispatch');
        }),
    };
  }

  private records(): Records {
    return {
      accept: ({ event }) => {
        if (this.earlier !== undefined)
          return Promise.resolve({ kind: 'replay', id: this.earlier, status: 'completed' });
        this.events.push(event);
        return Promise.resolve({ kind: 'accepted' });
      },
      finish: async ({ id, event, result }) => {
        await this.recording;
        if (this.cannotSeal && result.contentType !== PROBLEM_TYPE)
          throw new ServingError('internal', 'A data key could not be opened.');
        this.events.push(event);
        this.stored.set(id, result);
        this.told.emit('ended');
        return { kind: 'recorded' };
      },
      find: (_tenant, id) => {
        const result = this.stored.get(id);
        const status = this.events.findLast(({ request }) => request === id)?.event ?? 'accepted';
        return Promise.resolve(result === undefined ? { status: 'accepted' } : { status, result });
      },
    };
  }
}
