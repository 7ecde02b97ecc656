import { once, type EventEmitter } from 'node:events';
import {
  Metadata,
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
} from '@grpc/grpc-js';
import { ServingError } from '@medserve/errors';
import { toStatus } from '../status';

export interface CallContext {
  readonly metadata: Metadata;
  /** Aborted with a `ServingError` when the caller goes away or its deadline passes. */
  readonly signal: AbortSignal;
  /** The call's gRPC deadline in milliseconds since the epoch; `Infinity`: none. */
  readonly deadlineAtMs: number;
  readonly peer: string;
  /** Trailers that the status gets, whatever the outcome. */
  readonly trailers: Record<string, string>;
}

const FLIGHT_MS = 50;

interface Call {
  readonly metadata: Metadata;
  getDeadline(): Date | number;
  getPeer(): string;
  on(event: 'cancelled', listener: () => void): unknown;
}

/** A call's context, and how to say that the call was answered. */
function contextOf(call: Call): { context: CallContext; answered: () => void } {
  let isAnswered = false;
  const controller = new AbortController();
  const deadlineAtMs = Number(call.getDeadline());
  call.on('cancelled', () => {
    // It is told of every call when its stream closes, also of those that ended well.
    if (isAnswered) return;
    // grpc-js reports the passing of the call's deadline as a cancellation too, and the caller's clock, which sets it off,
    // is ahead of ours by the time of flight.
    const late = Date.now() >= deadlineAtMs - FLIGHT_MS;
    controller.abort(
      late
        ? new ServingError('deadline_exceeded', 'The deadline passed.')
        : new ServingError('cancelled', 'The caller went away.'),
    );
  });
  return {
    context: { metadata: call.metadata, signal: controller.signal, deadlineAtMs, peer: call.getPeer(), trailers: {} },
    answered: () => {
      isAnswered = true;
    },
  };
}

/** A unary method whose errors reach the caller as typed statuses. */
export function unaryMethod<Request, Response>(
  handle: (request: Request, context: CallContext) => Promise<Response> | Response,
): handleUnaryCall<Request, Response> {
  const settled = async (request: Request, context: CallContext): Promise<Response> => handle(request, context);
  return (call, callback) => {
    const { context, answered } = contextOf(call);
    settled(call.request, context)
      .then(
        (response) => {
          answered();
          callback(null, response, toTrailers(context));
        },
        (error: unknown) => {
          answered();
          callback(toStatus(error, context.trailers));
        },
      )
      .catch((error: unknown) => {
        // What was to be told of the end is what no metadata can hold.
        callback(toStatus(error));
      })
      .catch(() => undefined);
  };
}

/**
 * A server-streaming method. `send` resolves when the next message may be sent: a handler that awaits it holds as little in
 * memory as the slowest reader allows; it rejects when the caller is gone.
 */
export function streamMethod<Request, Response>(
  handle: (request: Request, send: (message: Response) => Promise<void>, context: CallContext) => Promise<void>,
): handleServerStreamingCall<Request, Response> {
  return (call) => {
    const { context, answered } = contextOf(call);
    const { send, written } = sender(call, context);
    settle(call, async () => handle(call.request, send, context), { context, answered, written });
  };
}

/**
 * A bidirectional method. Requests are read as they are asked for, and `send` waits for a slow reader as in `streamMethod`.
 * A handler that returns ends the call, whatever the caller still has to say.
 */
export function duplexMethod<Request, Response>(
  handle: (
    requests: AsyncIterable<Request>,
    send: (message: Response) => Promise<void>,
    context: CallContext,
  ) => Promise<void>,
): handleBidiStreamingCall<Request, Response> {
  return (call) => {
    const { context, answered } = contextOf(call);
    // Leaving the loop must not destroy the call: its status is still to be sent.
    const requests = { [Symbol.asyncIterator]: () => call.iterator({ destroyOnReturn: false }) };
    const { send, written } = sender(call, context);
    settle(call, async () => handle(requests, send, context), { context, answered, written });
  };
}

interface Sink<Response> {
  write(message: Response, onWritten: () => void): boolean;
  end(trailers: Metadata): unknown;
  emit(event: 'error', error: unknown): boolean;
}

interface Sender<Response> {
  readonly send: (message: Response) => Promise<void>;
  /** Resolves when all that was sent is written, or can no longer be. */
  readonly written: () => Promise<void>;
}

function sender<Response>(call: Sink<Response> & EventEmitter, { signal }: CallContext): Sender<Response> {
  // The context's signal says nothing of a caller that leaves once the handler has ended.
  const gone = new AbortController();
  const left = new Promise<void>((resolve) => {
    call.once('cancelled', () => {
      gone.abort(signal.aborted ? signal.reason : new ServingError('cancelled', 'The caller went away.'));
      resolve();
    });
  });
  let last = Promise.resolve();
  const put = async (message: Response): Promise<void> => {
    gone.signal.throwIfAborted();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    last = promise;
    const isRoom = call.write(message, () => {
      resolve(undefined);
    });
    if (isRoom) return;
    try {
      await once(call, 'drain', { signal: gone.signal });
    } catch (error) {
      gone.signal.throwIfAborted();
      throw error;
    }
  };
  const send = (message: Response): Promise<void> => {
    const sent = put(message);
    // A handler may have ended by then, and hears of it no more.
    sent.catch(() => undefined);
    return sent;
  };
  return { send, written: () => Promise.race([last, left]) };
}

interface Ending {
  readonly context: CallContext;
  readonly answered: () => void;
  readonly written: () => Promise<void>;
}

/** Ends a call as its handler ends; whatever fails behind that ends it as well, and is nobody else's to hear. */
function settle(call: Sink<never>, handle: () => Promise<void>, { context, answered, written }: Ending): void {
  const fail = (error: unknown, trailers?: Readonly<Record<string, string>>): void => {
    call.emit('error', toStatus(error, trailers));
  };
  handle()
    .finally(answered)
    .then(
      () => {
        call.end(toTrailers(context));
      },
      async (error: unknown) => {
        // An error ends a stream whose requests are still read at once: what was sent and is not written yet would be lost.
        await written();
        fail(error, context.trailers);
      },
    )
    .catch((error: unknown) => {
      // What was to be told of the end is what no metadata can hold.
      fail(error);
    })
    .catch(() => undefined);
}

function toTrailers({ trailers }: CallContext): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return metadata;
}
