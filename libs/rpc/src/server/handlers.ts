import { once } from 'node:events';
import { Metadata, type handleServerStreamingCall, type handleUnaryCall } from '@grpc/grpc-js';
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
  handle: (request: Request, context: CallContext) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const { context, answered } = contextOf(call);
    handle(call.request, context).then(
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
    const { signal } = context;
    const send = async (message: Response): Promise<void> => {
      signal.throwIfAborted();
      if (call.write(message)) return;
      try {
        await once(call, 'drain', { signal });
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      }
    };
    handle(call.request, send, context).then(
      () => {
        answered();
        call.end(toTrailers(context));
      },
      (error: unknown) => {
        answered();
        call.emit('error', toStatus(error, context.trailers));
      },
    );
  };
}

function toTrailers({ trailers }: CallContext): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return metadata;
}
