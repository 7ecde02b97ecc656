import type { IncomingMessage } from 'node:http';
import { Transform, type Readable } from 'node:stream';
import { ServingError } from '@medserve/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { asksNobody, bodyLimitOf, isStreamed, type RouteWords } from './access';
import { codingOf, inflateBody, NO_CODING, refuseCodedParts } from './inflate-body';
import type { Refusals } from './refusals';

/** What a body without a length is counted as, and again whenever that came: what most images take, so that many small senders fit. */
const UNKNOWN_BYTES = 4 * 1024 * 1024;

/** Each chunk of a body costs as much as some kilobytes of it, however small it is. */
const TINY_BYTES = 64;
const MAX_TINY = 16_384;

/** Room for bytes of bodies. */
export interface BodyRoom {
  /**
   * @returns how to give the bytes back, once
   * @throws ServingError `overloaded` naming the limit
   */
  take(bytes: number): () => void;
}

/**
 * The bytes of bodies that the gateway holds at once. One body is limited by itself; many large ones together would still fill
 * the memory, so a request whose body does not fit any more is refused before it is read.
 */
export class BodyBudget implements BodyRoom {
  private held = 0;

  constructor(private readonly limitBytes: number) {}

  /**
   * @returns how to give the bytes back, once
   * @throws ServingError `overloaded` naming the limit; a body goes in alone, however large
   */
  take(bytes: number): () => void {
    if (this.held > 0 && this.held + bytes > this.limitBytes) {
      throw new ServingError('overloaded', 'The requests that are being served hold as many bytes as may.', {
        limit: `bodies in flight: ${String(this.limitBytes)} bytes`,
      });
    }
    this.held += bytes;
    let isHeld = true;
    return () => {
      if (isHeld) this.held -= bytes;
      isHeld = false;
    };
  }

  /** Room within the room, for one kind of bodies that is not to fill all of it. @param part of it, up to 1 */
  share(part: number): BodyRoom {
    const inner = new BodyBudget(this.limitBytes * part);
    return {
      take: (bytes) => {
        const giveBackShare = inner.take(bytes);
        try {
          const giveBack = this.take(bytes);
          return () => {
            giveBackShare();
            giveBack();
          };
        } catch (thrown) {
          giveBackShare();
          throw thrown;
        }
      },
    };
  }
}

/**
 * The length that a request announces for its body, or what one without a length is counted as. More than its route takes is never
 * held.
 */
export function announcedBytes({ headers }: Pick<FastifyRequest, 'headers'>, limitBytes: number): number {
  const length = hasNoLength({ headers }) ? Number.NaN : Number(headers['content-length'] ?? 0);
  return Math.min(Number.isSafeInteger(length) && length >= 0 ? length : UNKNOWN_BYTES, limitBytes);
}

const hasNoLength = ({ headers }: Pick<FastifyRequest, 'headers'>): boolean =>
  headers['transfer-encoding'] !== undefined;

/**
 * How a request takes of the budget, and gives back when its answer has left or its connection is gone.
 *
 * @returns throws ServingError `overloaded`, and `cancelled` after the end, when nobody would give the bytes back
 */
function holdUntilClosed(budget: BodyBudget, { raw }: FastifyReply): (bytes: number) => void {
  const held: (() => void)[] = [];
  let isGone = false;
  raw.once('close', () => {
    isGone = true;
    for (const giveBack of held) giveBack();
  });
  return (bytes) => {
    if (isGone) throw new ServingError('cancelled', 'The caller went away.');
    held.push(budget.take(bytes));
  };
}

/** How the bytes of a body without a length are counted. */
const counters = new WeakMap<IncomingMessage, (bytes: number) => void>();

function countInSteps(take: (bytes: number) => void, step: number): (bytes: number) => void {
  let taken = step;
  let arrived = 0;
  let tiny = 0;
  take(taken);
  return (bytes) => {
    if (bytes < TINY_BYTES && (tiny += 1) > MAX_TINY) {
      throw new ServingError('invalid_request', 'The body came in too many tiny chunks.', {
        limit: `chunks of less than ${String(TINY_BYTES)} bytes: ${String(MAX_TINY)}`,
        remedy: 'Send larger chunks, or the body with a Content-Length.',
      });
    }
    arrived += bytes;
    while (arrived > taken) {
      take(step);
      taken += step;
    }
  };
}

/** So many bytes of the body came; for who reads it past the parser. @throws ServingError `overloaded` */
export function countArrived({ raw }: Pick<FastifyRequest, 'raw'>, bytes: number): void {
  counters.get(raw)?.(bytes);
}

/** How requests take more than their bodies. */
const holders = new WeakMap<IncomingMessage, (bytes: number) => void>();

/** Counts bytes that a request holds beside its body, until its answer has left. @throws ServingError `overloaded`, `cancelled` */
export function holdMore({ raw }: Pick<FastifyRequest, 'raw'>, bytes: number): void {
  const take = holders.get(raw);
  if (take === undefined) throw new Error('The request has no part in the budget.');
  take(bytes);
}

/** The payload as it is, counted. */
function counted(payload: Readable, count: (bytes: number) => void): Readable {
  const through = new Transform({
    transform: (chunk: Buffer, _encoding, pass) => {
      try {
        count(chunk.length);
        pass(null, chunk);
      } catch (error) {
        pass(error as Error);
      }
    },
  });
  payload.once('error', (error) => through.destroy(error));
  // Whoever reads it hears of it; where nobody does (the route takes no body, or has answered) it would be the end of the process.
  through.on('error', () => undefined);
  return payload.pipe(through);
}

const isForm = ({ headers }: Pick<FastifyRequest, 'headers'>): boolean =>
  headers['content-type']?.trimStart().toLowerCase().startsWith('multipart/') ?? false;

export interface BodyLimits {
  readonly budget: BodyBudget;
  /** Of one body, also after it was inflated, in bytes. */
  readonly limitBytes: number;
  readonly refusals: Pick<Refusals, 'orRefused'>;
}

/**
 * Counts each request's body from before it is read until its answer has left or its connection is gone, and what it becomes
 * when it is inflated. Those of nobody in particular are small and not counted: whoever has no credential takes no place that
 * others could have.
 */
export function budgetBodies(server: FastifyInstance, { budget, limitBytes, refusals }: BodyLimits): void {
  server.addHook(
    'onRequest',
    refusals.orRefused((request, reply) => {
      const words = request.routeOptions.config as RouteWords;
      if (isStreamed(words, request.headers['content-type'])) return Promise.resolve();
      const bytes = announcedBytes(request, bodyLimitOf(words, limitBytes));
      if (bytes === 0 || asksNobody(words)) return Promise.resolve();
      const take = holdUntilClosed(budget, reply);
      holders.set(request.raw, take);
      if (hasNoLength(request)) counters.set(request.raw, countInSteps(take, bytes));
      else take(bytes);
      return Promise.resolve();
    }),
  );

  server.addHook('preParsing', (request, _reply, payload: Readable, done) => {
    const count = counters.get(request.raw);
    // The parts of a form are read from the connection itself: their reader counts them.
    done(null, count === undefined || isForm(request) ? payload : counted(payload, count));
  });

  server.addHook(
    'preValidation',
    refusals.orRefused(async (request, reply) => {
      if (isForm(request) && !request.is404) {
        void reply.header('accept-encoding', NO_CODING);
        refuseCodedParts(request.headers['content-encoding']);
        void reply.removeHeader('accept-encoding');
      }
      if (!Buffer.isBuffer(request.body)) return;
      const coding = codingOf(request.headers['content-encoding']);
      if (coding === undefined) return;
      const words = request.routeOptions.config as RouteWords;
      request.body = await inflateBody(request.body, coding, {
        limitBytes: bodyLimitOf(words, limitBytes),
        take: asksNobody(words) ? () => undefined : holdUntilClosed(budget, reply),
      });
    }),
  );
}
