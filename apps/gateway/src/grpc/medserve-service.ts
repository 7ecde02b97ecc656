import type {
  GetModelRequest,
  GetResultRequest,
  InferRequest,
  InferResponse,
  InferStreamResponse,
  MedServeServer,
} from '@medserve/contracts';
import { MedServeService } from '@medserve/contracts';
import { toServingError } from '@medserve/errors';
import type { Instruments } from '@medserve/runtime';
import { streamMethod, toModel, unaryMethod, type CallContext } from '@medserve/rpc';
import type { Principal } from '@medserve/security';
import type { AuditedResults } from '../records/audited-results';
import type { Wake } from '../infer/cold-start';
import type { LiveCatalogue } from '../infer/live-catalogue';
import type { ImagePreparation } from '../infer/prepare-image';
import type { Road, RoadOptions } from '../infer/road';
import { readAlong } from '../jobs/read-along';
import type { WrittenText } from '../jobs/written-text';
import type { Ticket } from '../quotas/ticket';
import type { References } from '../privacy/subject-hashes';
import { answerOf, prepareMessage, responseOf } from './messages';
import { ToldProgress } from './told-progress';
import { traced } from '../oip/grpc/traced-call';

export interface MedServeServiceParts {
  /** Who passed the gate. */
  readonly principalOf: (context: CallContext) => Principal;
  /** Lets a request in by the quotas. */
  readonly enter: (by: Principal) => Promise<Ticket>;
  readonly preparation: ImagePreparation;
  readonly road: Road;
  readonly catalogue: LiveCatalogue;
  readonly results: Pick<AuditedResults, 'read'>;
  readonly instruments: Instruments;
  readonly references: References;
  /** Has a model loaded that did not get the request. */
  readonly wake: Wake;
}

/** What a caller wants to hear of before the answer is there. */
interface Watching extends Pick<RoadOptions, 'onProgress'> {
  readonly written?: WrittenText;
}

/** Trailer of a call that found its model cold: for how long it waited for it, in milliseconds. */
const COLD_START = 'medserve-cold-start-ms';

/** The native operations over gRPC: the same road, by the same rules, as the REST API. */
export function medServeService(parts: MedServeServiceParts): MedServeServer {
  const accept = async (
    request: InferRequest,
    context: CallContext,
    { written, ...options }: Pick<RoadOptions, 'ticket'> & Watching,
  ) => {
    const prepared = await prepareMessage(parts, parts.principalOf(context), request, context);
    const watched = written === undefined ? prepared : readAlong(prepared, written);
    return { prepared, ...(await parts.road.accept(watched, { signal: context.signal, door: 'grpc', ...options })) };
  };

  /** What is refused before it is accepted is counted, as at the other door. */
  const orCounted = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      parts.instruments.refusals.inc({ reason: toServingError(error).reason });
      throw error;
    }
  };

  const infer = async (
    request: InferRequest,
    context: CallContext,
    watching: Watching = {},
  ): Promise<InferResponse> => {
    const ticket = await orCounted(parts.enter(parts.principalOf(context)));
    try {
      const { prepared, id, ended } = await orCounted(accept(request, context, { ticket, ...watching }));
      context.trailers['x-request-id'] = id;
      const outcome = await ended;
      // The commit of the record is no part of the answer whose hash it holds: its time can only travel beside it.
      context.trailers['server-timing'] = prepared.times.serverTiming();
      const loadMs = prepared.times.of('load');
      if (loadMs !== undefined) context.trailers[COLD_START] = String(Math.ceil(loadMs));
      return responseOf(id, prepared, outcome);
    } finally {
      // Not before its end: a repeated key waits for the first request, and nobody else holds a slot for it.
      ticket.leave();
    }
  };

  return {
    infer: unaryMethod((request: InferRequest, context) =>
      traced(parts.instruments.tracer, context, MedServeService.infer.path, () => infer(request, context)),
    ),
    inferStream: streamMethod<InferRequest, InferStreamResponse>(async (request, send, context) => {
      const told = new ToldProgress(send);
      const result = await traced(parts.instruments.tracer, context, MedServeService.inferStream.path, () =>
        infer(request, context, told),
      );
      await told.finish();
      await send({ event: { $case: 'result', value: result } });
    }),
    listModels: unaryMethod(() => ({ models: parts.catalogue.list().map(toModel) })),
    getModel: unaryMethod(({ name }: GetModelRequest) => ({ model: toModel(parts.catalogue.entry(name)) })),
    getResult: unaryMethod(async ({ id }: GetResultRequest, context) => {
      const by = parts.principalOf(context);
      return { id, answer: answerOf(await parts.results.read(by, id)) };
    }),
  };
}
