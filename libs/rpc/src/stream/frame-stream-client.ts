import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, ClientDuplexStream } from '@grpc/grpc-js';
import { ServingError } from '@medserve/errors';
import { peekFrame } from '../frame/codec';
import { cancelFrame } from '../frame/failure-frame';
import type { EncodedFrame } from '../frame/frame-payload';
import { clientOver, type Link } from '../tls/link';
import { clientLine } from './direct-line';
import { Exchange, type ExchangeOptions } from './exchange';
import { FrameWriter } from './frame-writer';
import type { FrameMethod } from './methods';

export interface FrameStreamClientOptions {
  /** host:port */
  readonly address: string;
  readonly method: FrameMethod;
  /** Default: in the clear. */
  readonly link?: Link | undefined;
  /** Requests open at once; more are refused as `overloaded`. */
  readonly maxInFlight: number;
  /** How long a request waits for a connection that does not come up before it is `unavailable`, in milliseconds. */
  readonly patienceMs: number;
}

interface OpenStream {
  readonly call: ClientDuplexStream<EncodedFrame, Buffer>;
  readonly writer: FrameWriter;
  readonly exchanges: Map<string, Exchange>;
}

const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 1_000;

/**
 * The client's end of one long-lived frame stream. Opens it with the first request and again after it broke; every request
 * that was open on a broken stream fails, typed, and none is ever sent twice.
 */
export class FrameStreamClient {
  private readonly client: Client;
  private readonly closing = new AbortController();
  private stream: OpenStream | undefined;
  /** Streams of a server that is about to go, until their last answer. */
  private readonly left = new Set<OpenStream>();
  private opening: Promise<OpenStream> | undefined;
  private inFlightCount = 0;
  private retired = false;

  constructor(private readonly options: FrameStreamClientOptions) {
    this.client = clientOver(options.address, options.link);
  }

  get inFlight(): number {
    return this.inFlightCount;
  }

  get connected(): boolean {
    return this.stream !== undefined;
  }

  /** Opens the stream ahead of the first request. @throws ServingError `unavailable` when it cannot within the patience. */
  async connect(): Promise<void> {
    await this.opened();
  }

  /**
   * Sends one request frame and waits for its last frame, a response or a failure, undecoded.
   *
   * @throws ServingError `overloaded` (too many open), `unavailable` (never sent: may be tried again), `inference_failed`
   *   (the stream broke after it was sent), `deadline_exceeded`, `cancelled`.
   */
  async exchange(id: string, frame: EncodedFrame, options: ExchangeOptions = {}): Promise<Buffer> {
    if (this.inFlightCount >= this.options.maxInFlight) {
      const limit = `requests in flight: ${String(this.options.maxInFlight)}`;
      throw new ServingError('overloaded', 'All places are taken.', { limit });
    }
    this.inFlightCount += 1;
    const exchange = new Exchange(options);
    try {
      if (this.stream) {
        this.send(this.stream, id, frame, exchange);
      } else {
        this.opened().then(
          (stream) => {
            this.send(stream, id, frame, exchange);
          },
          (error: unknown) => {
            exchange.streamBroke(error);
          },
        );
      }
      return await exchange.answer;
    } finally {
      this.inFlightCount -= 1;
      if (this.retired && this.inFlightCount === 0) this.close();
    }
  }

  /** Closes when the open requests have their answers. */
  retire(): void {
    this.retired = true;
    if (this.inFlightCount === 0) this.close();
  }

  /** Cuts the stream: open requests fail as if it had broken. */
  close(): void {
    this.closing.abort();
    for (const stream of [this.stream, ...this.left]) stream?.call.cancel();
    this.client.close();
  }

  private send(stream: OpenStream, id: string, frame: EncodedFrame, exchange: Exchange): void {
    if (exchange.settled) return;
    if (stream !== this.stream) {
      exchange.streamBroke(undefined);
      return;
    }
    if (stream.exchanges.has(id)) {
      exchange.fail(new ServingError('internal', 'A request id was used twice at once.'));
      return;
    }
    stream.exchanges.set(id, exchange);
    exchange.onAbandoned = () => {
      stream.exchanges.delete(id);
      if (exchange.sent) stream.writer.write(cancelFrame(id));
      this.endIfLeft(stream);
    };
    stream.writer.write(
      frame,
      () => !exchange.settled,
      () => {
        exchange.sent = true;
      },
    );
  }

  private opened(): Promise<OpenStream> {
    this.opening ??= this.openPatiently().finally(() => {
      this.opening = undefined;
    });
    return this.opening;
  }

  private async openPatiently(): Promise<OpenStream> {
    const giveUpAtMs = performance.now() + this.options.patienceMs;
    for (let backoffMs = FIRST_BACKOFF_MS; ; backoffMs = Math.min(2 * backoffMs, MAX_BACKOFF_MS)) {
      try {
        return await this.open();
      } catch (error) {
        if (this.closing.signal.aborted || performance.now() + backoffMs > giveUpAtMs) throw error;
        await sleep(backoffMs, undefined, { signal: this.closing.signal });
      }
    }
  }

  /** One attempt; the stream stands when the server's headers are here. */
  private open(): Promise<OpenStream> {
    return new Promise((resolve, reject) => {
      if (this.closing.signal.aborted) {
        reject(new ServingError('unavailable', 'The connection was closed.'));
        return;
      }
      const { path, requestSerialize } = this.options.method;
      const call = this.client.makeBidiStreamRequest<EncodedFrame, Buffer>(path, requestSerialize, (bytes) => bytes);
      let stream: OpenStream | undefined;
      const broke = (cause: unknown): void => {
        clearTimeout(timer);
        reject(new ServingError('unavailable', 'The next part of the platform cannot be reached.', { cause }));
        if (stream === undefined) return;
        if (this.stream === stream) this.stream = undefined;
        this.left.delete(stream);
        const lost = [...stream.exchanges.values()];
        stream.exchanges.clear();
        for (const exchange of lost) exchange.streamBroke(cause);
      };
      const timer = setTimeout(
        () => {
          call.cancel();
        },
        Math.max(this.options.patienceMs, 1_000),
      );
      call.on('metadata', () => {
        clearTimeout(timer);
        const line = clientLine(call, (bytes) => {
          this.receive(opened, bytes);
        });
        const opened = { call, writer: new FrameWriter(line), exchanges: new Map<string, Exchange>() };
        stream = opened;
        this.stream = opened;
        resolve(opened);
      });
      // What came in one piece with the headers is with grpc-js already; everything else takes the line.
      call.on('data', (bytes: Buffer) => {
        if (stream) this.receive(stream, bytes);
      });
      call.on('error', broke);
      call.on('end', () => {
        broke(undefined);
        call.end();
      });
    });
  }

  private receive(stream: OpenStream, bytes: Buffer): void {
    const { exchanges, call } = stream;
    let peeked: ReturnType<typeof peekFrame>;
    try {
      peeked = peekFrame(bytes);
    } catch {
      call.cancel();
      return;
    }
    const { id, kind } = peeked;
    if (id === '' && kind === 'failure') {
      this.left.add(stream);
      if (this.stream === stream) this.stream = undefined;
      this.endIfLeft(stream);
      return;
    }
    const exchange = exchanges.get(id);
    if (kind === 'progress' || kind === 'delta') {
      exchange?.progress(bytes);
    } else if (kind === 'response' || kind === 'failure') {
      exchanges.delete(id);
      exchange?.succeed(bytes);
      this.endIfLeft(stream);
    }
  }

  private endIfLeft(stream: OpenStream): void {
    if (this.left.has(stream) && stream.exchanges.size === 0) stream.call.end();
  }
}
