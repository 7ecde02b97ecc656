import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { GenerationRequest, GenerationResult } from '@medserve/clinical';
import { ServingError, toServingError } from '@medserve/errors';
import { hashText } from '@medserve/serving';
import type {
  Generation,
  GenerationOrder,
  GenerationSink,
  Generator,
  GeneratorSpec,
  GeneratorStats,
} from '../generation/generator';
import type { PoolEndpoints } from '../generation/pool-endpoints';
import { readAll } from '../pools/pool-connection';
import type { Replicas } from '../pools/replicas';
import { AnswerBuilder } from './answer-builder';
import { chatBody, type SentImage } from './chat-body';
import { readChatStream } from './chat-stream';
import { exceedsContext, upstreamFailure } from './upstream-failure';
import { usageOf } from './usage';

const MAX_ERROR_BYTES = 64 * 1_024;
/** No token of any vocabulary in use is longer. */
const CHARACTERS_PER_TOKEN = 512;
const SILENCE_MS = 60_000;

export type PoolSpec = Pick<GeneratorSpec, 'generation' | 'eyes'> & { readonly pool: PoolEndpoints };

interface UnderWay {
  readonly leaving: AbortController;
  readonly slots: number;
}

/** Requests about the same image meet on the server that has it in its cache; those of two tenants never do on purpose. */
function affinityOf({ affinityKey, tenant }: GenerationOrder, images: readonly SentImage[]): number | undefined {
  if (affinityKey !== undefined) return hashText(`${tenant}\0${affinityKey}`);
  if (images.length === 0) return undefined;
  const hash = createHash('sha256').update(tenant);
  for (const { pngs } of images) for (const png of pngs) hash.update(createHash('sha256').update(png).digest());
  return hash.digest().readUInt32BE(0);
}

/** A model that servers of a pool hold, asked over `POST /v1/chat/completions`. Blocks no thread. */
export class OpenAiGenerator implements Generator {
  readonly slots: number;
  private readonly underWay = new Set<UnderWay>();
  private readonly counts = { steps: 0, rows: 0, promptTokens: 0, cachedTokens: 0, writtenTokens: 0 };
  private isClosed = false;

  constructor(
    private readonly spec: PoolSpec,
    private readonly replicas: Replicas,
  ) {
    this.slots = spec.generation.slots;
  }

  start(order: GenerationOrder, sink: GenerationSink): Generation {
    const generation: UnderWay = { leaving: new AbortController(), slots: order.request.choices };
    this.underWay.add(generation);
    // Once it is not under way any more, its sink is told nothing.
    const tell = (what: () => void): void => {
      if (this.underWay.has(generation)) what();
    };
    const end = (what: () => void): void => {
      if (this.underWay.delete(generation)) what();
    };
    // Begun in a later turn: the sink is told nothing before this returns.
    const work = Promise.resolve().then(() =>
      this.write(order, generation.leaving.signal, {
        delta: (delta) => {
          tell(() => {
            sink.delta(delta);
          });
        },
        progress: (phase, percent) => {
          tell(() => {
            sink.progress(phase, percent);
          });
        },
      }),
    );
    work.then(
      (result) => {
        end(() => {
          sink.done(result);
        });
      },
      (error: unknown) => {
        end(() => {
          sink.failed(this.isClosed ? closed() : toServingError(error));
        });
      },
    );
    return {
      cancel: () => {
        if (this.underWay.delete(generation)) generation.leaving.abort();
      },
    };
  }

  stats(): GeneratorStats {
    return {
      slots: this.slots,
      busySlots: [...this.underWay].reduce((sum, { slots }) => sum + slots, 0),
      ...this.counts,
      imageHits: 0,
      imageMisses: 0,
      cacheBytes: 0,
      pool: this.replicas.stats(),
    };
  }

  close(): Promise<void> {
    this.isClosed = true;
    for (const { leaving } of this.underWay) leaving.abort();
    this.replicas.close();
    return Promise.resolve();
  }

  private async write(
    order: GenerationOrder,
    signal: AbortSignal,
    sink: Pick<GenerationSink, 'delta' | 'progress'>,
  ): Promise<GenerationResult> {
    if (this.isClosed) throw closed();
    const beganAtMs = performance.now();
    const { request } = order;
    const { generation, pool } = this.spec;
    const model = this.modelFor(request.adapter);
    const maxTokens = request.maxTokens ?? generation.maxAnswerTokens;
    sink.progress('preprocessing', 0);
    const images = await this.see(order);
    signal.throwIfAborted();
    sink.progress('running', 0);
    const affinity = affinityOf(order, images);
    const answer = await this.asked(request, maxTokens, (limit) => {
      const body = JSON.stringify(chatBody({ request, images, tenant: order.tenant, maxTokens: limit }, model, pool));
      return this.replicas.ask({
        method: 'POST',
        path: '/v1/chat/completions',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: Buffer.from(body, 'utf8'),
        signal,
        affinity,
      });
    });
    const builder = new AnswerBuilder(request, CHARACTERS_PER_TOKEN * (maxTokens + 16) * request.choices);
    let firstTokenMs: number | undefined;
    const rules = { contextTokens: generation.contextTokens, silenceMs: pool.silenceMs ?? SILENCE_MS };
    const told = await readChatStream(answer, builder, rules, (delta) => {
      firstTokenMs ??= performance.now() - beganAtMs;
      this.counts.steps += 1;
      this.counts.rows += 1;
      sink.delta(delta);
    });
    const choices = builder.choices();
    const imageTokens = images.reduce((sum, { pngs }) => sum + pngs.length, 0) * (generation.image?.tokens ?? 0);
    const usage = usageOf({ request, imageTokens, written: builder.written, told });
    this.counts.promptTokens += usage.prompt;
    this.counts.cachedTokens += usage.cached;
    this.counts.writtenTokens += usage.completion;
    return { choices, usage, ...(firstTokenMs !== undefined && { firstTokenMs }) };
  }

  /**
   * The stream of a server. vLLM refuses a prompt that leaves less of the context than may be written; a caller who named no limit wants
   * what is left, which is less than the package's limit then, and is written where none is named.
   *
   * @throws ServingError for any answer but a stream
   */
  private async asked(
    { maxTokens }: GenerationRequest,
    limit: number,
    ask: (limit: number | undefined) => Promise<IncomingMessage>,
  ): Promise<IncomingMessage> {
    const answer = await ask(limit);
    try {
      await this.checkHead(answer);
      return answer;
    } catch (error) {
      if (maxTokens !== undefined || !(error instanceof ServingError) || !exceedsContext(error)) throw error;
    }
    const rest = await ask(undefined);
    await this.checkHead(rest);
    return rest;
  }

  private modelFor(adapter: string | undefined): string {
    const { model, adapters } = this.spec.pool;
    if (adapter === undefined) return model;
    const found = adapters.get(adapter);
    if (found !== undefined) return found;
    throw new ServingError('invalid_request', 'The model has no adapter of this name.', {
      field: 'model',
      limit: `adapters of the model: ${adapters.size === 0 ? 'none' : [...adapters.keys()].join(', ')}`,
    });
  }

  /** @throws ServingError `invalid_request`, `too_large` */
  private async see({ images }: GenerationOrder): Promise<readonly SentImage[]> {
    const { generation, eyes } = this.spec;
    if (images.length === 0) return [];
    if (!generation.image) {
      throw new ServingError('invalid_request', 'The model reads text only.', { field: 'messages' });
    }
    const sent: SentImage[] = [];
    for (const image of images) sent.push({ pngs: await eyes.pngOf(image) });
    const { maxImages } = generation.image;
    if (sent.reduce((sum, { pngs }) => sum + pngs.length, 0) > maxImages) {
      throw new ServingError('too_large', 'The request has more images than the model takes.', {
        field: 'messages',
        limit: `images: ${String(maxImages)}`,
      });
    }
    return sent;
  }

  /** @throws ServingError for any answer but a stream */
  private async checkHead(answer: IncomingMessage): Promise<void> {
    const { statusCode: status = 0, headers } = answer;
    if (status === 200 && headers['content-type']?.startsWith('text/event-stream')) return;
    let body: unknown;
    try {
      body = JSON.parse((await readAll(answer, MAX_ERROR_BYTES)).toString('utf8'));
    } catch {
      body = undefined;
    } finally {
      answer.destroy();
    }
    const { contextTokens } = this.spec.generation;
    throw upstreamFailure({ status, retryAfter: headers['retry-after'], body }, { contextTokens });
  }
}

const closed = (): ServingError => new ServingError('unavailable', 'The model is being unloaded.');
