import type { IncomingMessage } from 'node:http';
import { Transform, type Readable } from 'node:stream';
import { ServingError, toServingError } from '@medserve/errors';
import type { Instruments } from '@medserve/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RouteWords } from './access';
import { codingOf, inflateBody } from './inflate-body';
import { sendRefusal } from './send-refusal';

/** What a body without a length is counted as, and again whenever that came: what most images take, so that many small senders fit. */
const UNKNOWN_BYTES = 4 * 1024 * 1024;

/**
 * The bytes of bodies that the gateway holds at once. One body is limited by itself; many large ones together would still fill
 * the memory, so a request whose body does not fit any more is refused before it is read.
 */
export class BodyBudget {
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
}

/** The length that a request announces for its body. */
export function announcedBytes({ headers }: Pick<FastifyRequest, 'headers'>): number {
  if (headers['transfer-encoding'] !== undefined) return UNKNOWN_BYTES;
  const length = Number(headers['content-length'] ?? 0);
  return Number.isSafeInteger(length) && length >= 0 ? length : UNKNOWN_BYTES;
}

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

function countInSteps(take: (bytes: number) => void): (bytes: number) => void {
  let taken = UNKNOWN_BYTES;
  let arrived = 0;
  take(taken);
  return (bytes) => {
    arrived += bytes;
    while (arrived > taken) {
      take(UNKNOWN_BYTES);
      taken += UNKNOWN_BYTES;
    }
  };
}

/** So many bytes of the body came; for who reads it past the parser. @throws ServingError `overloaded` */
export function countArrived({ raw }: Pick<FastifyRequest, 'raw'>, bytes: number): void {
  counters.get(raw)?.(bytes);
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

export interface BodyLimits {
  readonly budget: BodyBudget;
  /** Of one body, also after it was inflated, in bytes. */
  readonly limitBytes: number;
  readonly instruments: Instruments;
}

/**
 * Counts each request's body from before it is read until its answer has left or its connection is gone, and what it becomes
 * when it is inflated.
 */
export function budgetBodies(server: FastifyInstance, { budget, limitBytes, instruments }: BodyLimits): void {
  const orRefused =
    (admit: (request: FastifyRequest, reply: FastifyReply) => Promise<void>) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
      try {
        await admit(request, reply);
        return undefined;
      } catch (thrown) {
        const error = toServingError(thrown);
        instruments.refusals.inc({ reason: error.reason });
        sendRefusal(reply, error);
        return reply;
      }
    };

  server.addHook(
    'onRequest',
    orRefused((request, reply) => {
      const bytes = announcedBytes(request);
      if (bytes === 0) return Promise.resolve();
      const take = holdUntilClosed(budget, reply);
      if (request.headers['transfer-encoding'] === undefined) take(bytes);
      else counters.set(request.raw, countInSteps(take));
      return Promise.resolve();
    }),
  );

  server.addHook('preParsing', (request, _reply, payload: Readable, done) => {
    const count = counters.get(request.raw);
    // The parts of a form are read from the connection itself: their reader counts them.
    const isForm = request.headers['content-type']?.startsWith('multipart/') ?? false;
    done(null, count === undefined || isForm ? payload : counted(payload, count));
  });

  server.addHook(
    'preValidation',
    orRefused(async (request, reply) => {
      if (!Buffer.isBuffer(request.body)) return;
      const coding = codingOf(request.headers['content-encoding']);
      if (coding === undefined) return;
      const { bodyBytes = limitBytes } = request.routeOptions.config as RouteWords;
      request.body = await inflateBody(request.body, coding, {
        limitBytes: bodyBytes,
        take: holdUntilClosed(budget, reply),
      });
    }),
  );
}
