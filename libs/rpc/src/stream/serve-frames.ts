import { Metadata, type handleBidiStreamingCall, type ServerDuplexStream } from '@grpc/grpc-js';
import type { Routing } from '@medserve/contracts';
import { ServingError, toServingError } from '@medserve/errors';
import { peekFrame } from '../frame/codec';
import { failureFrame, leavingFrame, progressFrame } from '../frame/failure-frame';
import type { EncodedFrame } from '../frame/frame-payload';
import { startDeadline } from './deadline-timer';
import { serverLine } from './direct-line';
import { FrameWriter } from './frame-writer';

export interface IncomingRequest {
  readonly id: string;
  readonly routing: Routing;
  /** The whole frame as it came. */
  readonly bytes: Buffer;
  /** On this process's `performance.now()` clock, milliseconds. */
  readonly receivedAtMs: number;
  readonly deadlineAtMs: number;
  /** Aborted with a `ServingError`: `cancelled` or `deadline_exceeded`. The reply was then already given, or nobody waits. */
  readonly signal: AbortSignal;
  /** Sends a progress frame if the sender wants them. */
  progress(phase: string, percent: number, expectedMs?: number): void;
  /** Sends a frame of this request as it is, such as a progress frame or a delta from further on. */
  forward(bytes: Buffer): void;
}

/** Answers one request with its last frame; what it throws becomes a failure frame. */
export type FrameHandler = (request: IncomingRequest) => Promise<EncodedFrame>;

export interface ServeFramesOptions {
  readonly handle: FrameHandler;
  /** Requests of one stream that may be open at once; more are refused as `overloaded`. */
  readonly maxInFlight: number;
  /**
   * Aborted when the server closes: the stream ends with its last open request, and nothing new is taken; of clients that were told
   * by `leaving`, what was on its way still is, and they end the stream.
   */
  readonly closing: AbortSignal;
  /**
   * Aborted when whoever serves is about to go: every client is told, sends nothing new, and ends its stream with its last
   * answer. What was on its way still has to be answered, as `unavailable` say.
   */
  readonly leaving?: AbortSignal;
  /** Called when nobody has a stream any more after `leaving` was aborted: no request can be lost from then on. */
  readonly onDeserted?: () => void;
}

/** Frames that may wait for a slow reader before no more requests are read from it. */
const MAX_BACKLOG = 16;

const NO_ROUTING: Routing = {
  model: '',
  version: '',
  task: '',
  modality: '',
  requestClass: 0,
  deadlineMs: 0,
  tenant: '',
  wantsProgress: false,
  affinityKey: '',
  wantsDecision: false,
  wantsDeltas: false,
  costUnits: 0,
  traceparent: '',
};

/**
 * The server's end of a long-lived frame stream. Every request gets exactly one last frame, unless it was cancelled or the
 * stream broke. While the peer does not read its answers, no further requests are read from it.
 */
export function serveFrames({
  handle,
  maxInFlight,
  closing,
  leaving,
  onDeserted = () => undefined,
}: ServeFramesOptions): handleBidiStreamingCall<Buffer, EncodedFrame> {
  const writers = new Set<FrameWriter>();
  const tellIfDeserted = (): void => {
    if (leaving?.aborted && writers.size === 0) onDeserted();
  };
  leaving?.addEventListener('abort', () => {
    for (const writer of writers) writer.write(leavingFrame());
    tellIfDeserted();
  });
  return (call: ServerDuplexStream<Buffer, EncodedFrame>) => {
    const open = new Map<string, (error: ServingError) => void>();
    // Tells the client that the stream stands: what it writes from now on may have been read.
    call.sendMetadata(new Metadata());
    const line = serverLine(call, (bytes) => {
      receive(bytes);
    });
    const writer = new FrameWriter(line, () => {
      line.stream.resume();
    });
    writers.add(writer);
    if (leaving?.aborted) writer.write(leavingFrame());

    const isCutting = (): boolean => closing.aborted && leaving?.aborted !== true;
    const endWhenIdle = (): void => {
      if (isCutting() && open.size === 0) call.end();
    };
    closing.addEventListener('abort', endWhenIdle, { once: true });
    call.once('close', () => {
      closing.removeEventListener('abort', endWhenIdle);
      writers.delete(writer);
      tellIfDeserted();
    });

    const start = (id: string, routing: Routing, bytes: Buffer): void => {
      if (id === '' || open.has(id)) {
        writer.write(failureFrame(id, new ServingError('invalid_request', 'A request has no id of its own.')));
        return;
      }
      if (isCutting()) {
        writer.write(failureFrame(id, new ServingError('unavailable', 'This part of the platform is shutting down.')));
        return;
      }
      if (open.size >= maxInFlight) {
        const limit = `requests on one stream: ${String(maxInFlight)}`;
        writer.write(failureFrame(id, new ServingError('overloaded', 'All places are taken.', { limit })));
        return;
      }
      const controller = new AbortController();
      const receivedAtMs = performance.now();
      const deadlineMs = routing.deadlineMs || Number.POSITIVE_INFINITY;
      const endWhenWritten = (): void => {
        if (closing.aborted) setImmediate(endWhenIdle);
      };
      const finish = (frame: EncodedFrame | undefined): void => {
        if (!open.delete(id)) return;
        clearTimeout(timer);
        if (frame) writer.write(frame, undefined, endWhenWritten);
      };
      const timer =
        routing.deadlineMs > 0
          ? startDeadline(routing.deadlineMs, () => {
              const error = new ServingError('deadline_exceeded', 'The deadline passed before there was an answer.');
              finish(failureFrame(id, error));
              controller.abort(error);
            })
          : undefined;
      let isAwaited = true;
      open.set(id, (error) => {
        isAwaited = false;
        finish(undefined);
        controller.abort(error);
      });
      const send = (frame: EncodedFrame): void => {
        // Behind a slow reader it may still wait when the last frame is given: a part of an answer must not be missing before that.
        if (open.has(id)) writer.write(frame, () => isAwaited);
      };
      handle({
        id,
        routing,
        bytes,
        receivedAtMs,
        deadlineAtMs: receivedAtMs + deadlineMs,
        signal: controller.signal,
        progress: (phase, percent, expectedMs) => {
          if (routing.wantsProgress) send(progressFrame(id, phase, percent, expectedMs));
        },
        forward: send,
      }).then(finish, (error: unknown) => {
        finish(failureFrame(id, toServingError(error)));
      });
    };

    const receive = (bytes: Buffer): void => {
      // Ended by what came before it.
      if (call.destroyed) return;
      try {
        const { id, kind, routing } = peekFrame(bytes);
        if (kind === 'request') start(id, routing ?? NO_ROUTING, bytes);
        else if (kind === 'cancel') open.get(id)?.(new ServingError('cancelled', 'The caller went away.'));
      } catch (error) {
        // Whoever sends what is no frame cannot be answered by id.
        call.destroy(toServingError(error));
        return;
      }
      if (writer.backlog > MAX_BACKLOG) line.stream.pause();
    };
    // Nothing comes by it, but its end.
    call.resume();
    const breakOff = (): void => {
      for (const abort of [...open.values()]) abort(new ServingError('cancelled', 'The stream ended.'));
    };
    call.on('end', () => {
      breakOff();
      call.end();
    });
    call.on('cancelled', breakOff);
    call.on('error', breakOff);
    call.on('close', breakOff);
  };
}
