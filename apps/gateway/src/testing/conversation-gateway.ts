import { hash, randomBytes } from 'node:crypto';
import { Sensitive, type GenerationResult } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { RecordEvent } from '@medserve/events';
import type { DecodedStudy } from '@medserve/imaging';
import { NOTHING_KNOWN, type CatalogueEntry } from '@medserve/rpc';
import { noopInstruments, silentLogger } from '@medserve/runtime';
import { FileKeyWrapper, SCOPES, SubjectReferences, type Authenticator, type Principal } from '@medserve/security';
import { ContentVault, DataKeys, type Storage } from '@medserve/storage';
import { Activities } from '../activities/activities';
import { storedRecords } from '../adapters/stored-records';
import type { GatewayParts } from '../door/gateway.module';
import { BodyBudget } from '../http/body-budget';
import type { HttpServer } from '../door/http-server';
import { ResultReader } from '../records/result-reader';
import { LiveCatalogue } from '../infer/live-catalogue';
import { DEFAULT_LIMITS } from '../infer/limits';
import type { Decoder, Dispatcher, DispatchOrder } from '../infer/ports';
import { Road } from '../infer/road';
import { JobRegistry } from '../jobs/job-registry';
import { ChatPreparation } from '../openai/chat-preparation';
import { LanguageModels } from '../openai/language-models';
import { quietOversight } from './quiet-oversight';
import { openConversations } from '../chat/open-conversations';
import { openHttpDoor } from './open-http-door';

const SECRET = randomBytes(32);
const DOCTOR: Principal = { id: 'doctor', kind: 'key', tenant: 'north', scopes: new Set(SCOPES) };
const ASKERS: Readonly<Record<string, Principal>> = {
  doctor: DOCTOR,
  colleague: { ...DOCTOR, id: 'colleague' },
  // Whose credential says what it is for.
  researcher: { ...DOCTOR, id: 'researcher', purpose: 'HRESCH' },
  // The same id in another tenant.
  stranger: { ...DOCTOR, tenant: 'south' },
};

const MODEL: CatalogueEntry = {
  ...NOTHING_KNOWN,
  name: 'vqa',
  version: '1',
  state: 'ready',
  reason: '',
  language: { generates: true, contextTokens: 512, maxAnswerTokens: 64, maxImages: 4, adapters: [], slots: 4 },
  serves: [{ task: 'chat', modality: 'radiology', default: true }],
};

/** A model that answers with how many images it saw and all that was said, or does what the test says. */
export type Model = (order: DispatchOrder, write: (text: string) => void) => Promise<string>;

export const echo: Model = ({ input }) => {
  if (input.kind !== 'generation') return Promise.resolve('');
  const said = input.request.turns.map(({ role, parts }) => {
    const texts = parts.map((part) => (part.kind === 'text' ? part.text : '<image>'));
    return `${role}: ${texts.join(' ')}`;
  });
  return Promise.resolve(said.join(' | '));
};

/** A decoder whose files may say whom they are of: `of NAME`. */
const decoder: Decoder = {
  decode: ([file]) => {
    const [, name] = /^of (.*)$/u.exec(file?.bytes.toString('latin1').slice(0, 64) ?? '') ?? [];
    const study: DecodedStudy = {
      decoded: { kind: 'picture', width: 1, height: 1, channels: 1, sampleType: 'uint8', samples: Uint8Array.of(1) },
      facts: { container: 'raster', dimensions: 2, width: 1, height: 1, depth: 1, channels: 1 },
      inputs: [{ sha256: hash('sha256', file?.bytes ?? '', 'hex'), kind: 'png', bytes: file?.bytes.length ?? 0 }],
      warnings: [],
      ...(name === undefined ? {} : { identity: { patientId: new Sensitive(name) } }),
    };
    return Promise.resolve(study);
  },
};

/** A gateway with conversations over a real database, as many as the test likes. */
export class ConversationGateway {
  readonly events: RecordEvent[] = [];
  model: Model = echo;
  private server: HttpServer | undefined;

  /** @param inFlightBytes that all its requests may hold */
  constructor(
    private readonly storage: Storage,
    private readonly inFlightBytes = DEFAULT_LIMITS.bodiesInFlightBytes,
  ) {}

  async start(): Promise<void> {
    const { storage } = this;
    const instruments = noopInstruments();
    const catalogue = new LiveCatalogue(new Date());
    catalogue.update([MODEL], { complete: true });
    const vault = new ContentVault(
      new DataKeys(storage.contentKeys, new FileKeyWrapper(SECRET), () => performance.now()),
    );
    const stored = storedRecords(storage.records, '1', vault);
    const records: typeof stored = {
      ...stored,
      finish: (ending) => {
        this.events.push(ending.event);
        return stored.finish(ending);
      },
    };
    const dispatcher: Dispatcher = {
      dispatch: async (order, { onDelta }) => {
        const text = await this.model(order, (piece) => onDelta?.({ choice: 0, text: piece }));
        const generation: GenerationResult = {
          choices: [{ text, toolCalls: [], finish: 'stop' }],
          usage: { prompt: 1, completion: 1, cached: 0, image: 0 },
        };
        const model = { name: 'vqa', version: '1', digest: 'sha256:0' };
        return {
          generation,
          task: 'chat',
          model,
          engine: 'fake',
          timings: {},
          batch: { rows: 1, batchRows: 1, leads: true },
        };
      },
    };
    const references = new SubjectReferences(Buffer.alloc(32));
    const road = new Road({
      dispatcher,
      records,
      instruments,
      logger: silentLogger,
      now: () => new Date(),
      references,
    });
    const budget = new BodyBudget(this.inFlightBytes);
    const models = new LanguageModels(catalogue);
    const unknown = () => Promise.reject(new ServingError('not_found', 'There is no such file.'));
    const uploads = { describe: unknown, read: unknown };
    const preparation = new ChatPreparation({
      ...{ decoder, models, uploads, road, instruments, references },
      wake: () => undefined,
    });
    const room = { check: () => undefined };
    const activities = new Activities(storage.activities, room, () => new Date());
    const parts: Partial<GatewayParts> = {
      road,
      catalogue,
      jobs: new JobRegistry(),
      oversight: quietOversight(new ResultReader(records)).oversight,
      ...openConversations({
        budget,
        store: storage.sessions,
        vault,
        models,
        activities,
        preparation,
        road,
        logger: silentLogger,
      }),
    };
    const authenticator: Pick<Authenticator, 'authenticate'> = {
      authenticate: (header) => Promise.resolve(ASKERS[header?.slice('Bearer '.length) ?? ''] ?? DOCTOR),
    };
    this.server = await openHttpDoor({ instruments, budget, parts, authenticator });
  }

  async close(): Promise<void> {
    await this.server?.close();
  }

  async call(method: string, path: string, body?: unknown, { as = 'doctor', headers = {} } = {}): Promise<Answer> {
    const response = await fetch((this.server?.url ?? '') + path, {
      method,
      headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? (JSON.parse(text) as never) : {},
    };
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Record<string, unknown>;
}
