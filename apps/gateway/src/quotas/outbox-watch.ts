import { ServingError } from '@medserve/errors';
import type { Closable, Instruments, Logger } from '@medserve/runtime';
import { judgeOutbox, type OutboxDepth, type OutboxState } from '@medserve/serving';
import type { DepthReader } from './ports';

export interface OutboxWatchParts {
  readonly reader: DepthReader;
  readonly ceiling: OutboxDepth;
  readonly instruments: Pick<Instruments, 'outboxEvents' | 'outboxBytes'>;
  readonly logger: Logger;
}

const EVERY_MS = 1_000;
/** So many looks in vain count as a full outbox: what cannot be seen may not grow without end. */
const BLIND_LOOKS = 30;
/** A recorder that is back brings some thousand events a second. */
const RETRY_AFTER_MS = 5_000;

/**
 * The ceiling of the outbox: with the transport or the recorder away, requests are served and what is told of them waits; it may
 * not wait without end. New requests are refused at the ceiling; those that were accepted end in their record.
 */
export class OutboxWatch implements Closable {
  private current: OutboxState = 'open';
  private timer: NodeJS.Timeout | undefined;
  private blindLooks = 0;
  private looking: Promise<void> | undefined;

  constructor(private readonly parts: OutboxWatchParts) {}

  get state(): OutboxState {
    return this.current;
  }

  /** Looks once a second from now on. */
  start(): this {
    this.timer = setInterval(() => {
      this.looking ??= this.look().finally(() => {
        this.looking = undefined;
      });
    }, EVERY_MS).unref();
    return this;
  }

  /** @throws ServingError `unavailable` while the outbox is full */
  check(): void {
    if (this.current !== 'full') return;
    throw new ServingError('unavailable', 'The records of earlier requests wait to be written to the ledger.', {
      limit: limitOf(this.parts.ceiling),
      retryAfterMs: RETRY_AFTER_MS,
      remedy:
        'Wait for the time in Retry-After and send the request again; the operator has to bring the recorder back.',
    });
  }

  /**
   * Looks now. While the database does not answer, what was seen last holds, for half a minute: no request can be accepted then
   * anyhow.
   */
  async look(): Promise<void> {
    const { reader, ceiling, instruments } = this.parts;
    const depth = await reader.outboxDepth(ceiling).catch(() => undefined);
    if (depth === undefined) {
      this.blindLooks += 1;
      if (this.blindLooks === BLIND_LOOKS) this.shut();
      return;
    }
    this.blindLooks = 0;
    instruments.outboxEvents.set(depth.events);
    instruments.outboxBytes.set(depth.bytes);
    const before = this.current;
    this.current = judgeOutbox(depth, ceiling, before);
    if (this.current !== before) this.tell(before, depth);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  private shut(): void {
    this.current = 'full';
    this.parts.logger.error('how much waits in the outbox cannot be seen: new requests are refused');
  }

  private tell(before: OutboxState, { events: count }: OutboxDepth): void {
    const { logger } = this.parts;
    if (this.current === 'full') logger.error('the outbox is full: new requests are refused', { count });
    else if (before === 'full') logger.warn('the outbox has room again: requests are accepted', { count });
    else if (this.current === 'near') logger.warn('the outbox is near its ceiling', { count });
    else logger.info('the outbox is far from its ceiling again', { count });
  }
}

const limitOf = ({ events, bytes }: OutboxDepth): string =>
  `outbox: ${String(events)} events or ${String(bytes)} bytes`;
