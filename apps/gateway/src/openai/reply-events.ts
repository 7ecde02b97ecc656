import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import { EVENT_STREAM } from '../http/event-stream';
import type { EventSink } from './event-sink';

/** Silence that no proxy on the way takes for a dead connection. */
const KEEP_ALIVE_MS = 10_000;
const STILL_WORKING = Buffer.from(': still working\n\n');

export interface ReplyEventsOptions {
  /** Says in the reply's headers what has to stand there, before they leave. */
  readonly tellHeaders: () => void;
  /** From now until a reader must have taken everything, in milliseconds: beyond it the connection is closed. */
  readonly readWithinMs: number;
}

/**
 * The answer to a request as events (HTML Living Standard, 9.2 "Server-sent events"). Its head leaves with the first of them: until
 * then the request can be refused like any other. Whoever waits long is told by comments that somebody is there; these are no part
 * of the answer.
 */
export class ReplyEvents implements EventSink {
  private isBegun = false;
  private isOver = false;
  private isSilent = false;
  private keepAlive: NodeJS.Timeout | undefined;
  private readonly lastCall: NodeJS.Timeout;

  /** @param onDrain told when the reader takes more again */
  constructor(
    private readonly reply: FastifyReply,
    private readonly options: ReplyEventsOptions,
    onDrain: () => void,
  ) {
    const { raw } = reply;
    // Unheard it would end the process; `close` comes after it in any case.
    raw.on('error', () => undefined);
    raw.on('drain', onDrain);
    this.lastCall = setTimeout(() => raw.destroy(), options.readWithinMs);
    raw.once('close', () => {
      this.rest();
    });
    // The caller may have gone before anybody listened.
    if (raw.closed) this.rest();
  }

  /** The request was accepted: from now on its caller hears something every few seconds. */
  start(): void {
    if (this.reply.raw.closed) return;
    this.keepAlive = setInterval(() => {
      this.beHeard();
    }, KEEP_ALIVE_MS);
  }

  /** Whether anything has left, the head of the answer included. */
  get hasBegun(): boolean {
    return this.isBegun;
  }

  get takesMore(): boolean {
    const { raw } = this.reply;
    return !this.isOver && !raw.closed && !raw.destroyed && !raw.writableNeedDrain;
  }

  write(bytes: Buffer): void {
    if (this.isOver) return;
    this.begin();
    this.isSilent = false;
    this.reply.raw.write(bytes);
  }

  /** The last bytes. */
  end(bytes: Buffer): void {
    if (this.isOver) return;
    this.begin();
    this.isOver = true;
    clearInterval(this.keepAlive);
    this.reply.raw.end(bytes);
  }

  /** Nothing comes by events after all: the reply is somebody else's. Only before it has begun. */
  leave(): void {
    this.isOver = true;
    this.rest();
  }

  private begin(): void {
    if (this.isBegun) return;
    this.isBegun = true;
    this.options.tellHeaders();
    this.reply.hijack();
    this.reply.raw.writeHead(200, {
      ...(this.reply.getHeaders() as OutgoingHttpHeaders),
      'content-type': `${EVENT_STREAM}; charset=utf-8`,
      'cache-control': 'no-store',
      // Proxies that collect answers before they pass them on leave this one alone (nginx).
      'x-accel-buffering': 'no',
    });
  }

  private beHeard(): void {
    if (this.isSilent && this.takesMore) this.write(STILL_WORKING);
    this.isSilent = true;
  }

  private rest(): void {
    clearInterval(this.keepAlive);
    clearTimeout(this.lastCall);
  }
}
