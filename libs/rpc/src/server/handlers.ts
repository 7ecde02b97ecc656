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
    settled(call.request, context).then(
      (response) => {
        answered();
        callback(null, response, toTrailers(context));
      },
      (error: unknown) => {
        answered();
        callback(toStatus(error, context.trailers));
      },
    );
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
    settle(call, handle(call.request, sender(call, context), context), context, answered);
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
    settle(call, handle(requests, sender(call, context), context), context, answered);
  };
}

interface Sink<Response> {
  write(message: Response): boolean;
  end(trailers: Metadata): unknown;
  emit(event: 'error', error: unknown): boolean;
}

const sender =
  <Response>(call: Sink<Response> & EventEmitter, { signal }: CallContext) =>
  async (message: Response): Promise<void> => {
    signal.throwIfAborted();
    if (call.write(message)) return;
    try {
      await once(call, 'drain', { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  };

function settle(call: Sink<never>, handled: Promise<void>, context: CallContext, answered: () => void): void {
  handled.then(
    () => {
      answered();
      call.end(toTrailers(context));
    },
    (error: unknown) => {
      answered();
      call.emit('error', toStatus(error, context.trailers));
    },
  );
}

function toTrailers({ trailers }: CallContext): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return metadata;
}
