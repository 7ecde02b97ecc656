import { ServingError } from '@medserve/errors';
import type { Instruments } from '@medserve/runtime';
import type { Subscriber, SubscriptionStore, WaitingReport } from '@medserve/storage';
import { eventReport } from '@medserve/studies';
import { uidOf } from '../tell-workitem';

/** One notification connection (PS3.18 8.10), as far as it matters here. */
export interface EventSocket {
  /** Resolves when the text is on its way; rejects when it never will be. */
  send(text: string): Promise<void>;
  /** Asks whether the other side is there. */
  ping(): void;
  /** @param reason without anything of a patient */
  close(code: number, reason: string): void;
  /** Without saying goodbye. */
  terminate(): void;
  onPong(heard: () => void): void;
  onClose(closed: () => void): void;
}

export interface EventChannelsParts {
  readonly store: Pick<SubscriptionStore, 'waiting' | 'next' | 'told'>;
  readonly instruments: Pick<Instruments['studies'], 'channels' | 'reports'>;
  readonly onFailure: (error: unknown) => void;
  readonly pollMs?: number;
  readonly pingMs?: number;
  readonly recheckMs?: number;
  /** Connections at one gateway. */
  readonly most?: number;
}

interface Channel {
  readonly subscriber: Subscriber;
  readonly socket: EventSocket;
  /** Rejects when whoever opened it may not have it any more. */
  readonly isStillKnown: () => Promise<unknown>;
  isThere: boolean;
  messageId: number;
}

/** Until something is told that happened at another gateway, too. */
const POLL_MS = 500;
const PING_MS = 20_000;
/** A key that was revoked hears nothing any more after that long. */
const RECHECK_MS = 60_000;
const MOST = 1_000;
const AT_ONCE = 100;
const MOST_MESSAGE_ID = 0xffff;
const POLICY_VIOLATION = 1008;

const nameOf = ({ tenant, aet }: Subscriber): string => JSON.stringify([tenant, aet]);

/**
 * The notification connections of one gateway: each is told what its subscriber is still to be told, in the order in which it happened,
 * and again where it is not known whether it came. While nobody listens it is kept. Of several connections of one subscriber each is
 * told the same.
 */
export class EventChannels {
  private readonly open = new Set<Channel>();
  /** Subscribers who are being told something: a connection that takes nothing holds up nobody else. */
  private readonly busy = new Set<string>();
  private readonly timers: NodeJS.Timeout[] = [];
  private isLooking = false;

  constructor(private readonly parts: EventChannelsParts) {}

  /** @throws ServingError `overloaded`: to be called before a connection is taken */
  insistOnRoom(): void {
    if (this.open.size < (this.parts.most ?? MOST)) return;
    throw new ServingError('overloaded', 'There are too many notification connections.');
  }

  add(subscriber: Subscriber, socket: EventSocket, isStillKnown: () => Promise<unknown>): void {
    const channel: Channel = { subscriber, socket, isStillKnown, isThere: true, messageId: 0 };
    this.open.add(channel);
    socket.onPong(() => (channel.isThere = true));
    socket.onClose(() => {
      this.open.delete(channel);
      this.counted();
    });
    this.counted();
    void this.look();
  }

  private counted(): void {
    this.parts.instruments.channels.set(this.open.size);
    if (this.open.size === 0) this.close();
    else if (this.timers.length === 0) this.start();
  }

  private start(): void {
    const { pollMs = POLL_MS, pingMs = PING_MS, recheckMs = RECHECK_MS } = this.parts;
    const every = (ms: number, work: () => void): void => void this.timers.push(setInterval(work, ms).unref());
    every(pollMs, () => void this.look());
    every(pingMs, () => {
      for (const channel of this.open) ask(channel);
    });
    every(recheckMs, () => {
      for (const { socket, isStillKnown } of this.open) {
        isStillKnown().catch((error: unknown) => {
          // A database that is away says nothing of who may listen.
          if (error instanceof ServingError && error.reason === 'unavailable') return;
          socket.close(POLICY_VIOLATION, 'The credential is not valid any more.');
        });
      }
    });
  }

  /** Nothing is looked for any more; connections are closed by who made them. */
  close(): void {
    for (const timer of this.timers.splice(0)) clearInterval(timer);
  }

  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      const idle = new Map([...this.open].map(({ subscriber }) => [nameOf(subscriber), subscriber]));
      for (const name of this.busy) idle.delete(name);
      if (idle.size === 0) return;
      for (const subscriber of await this.parts.store.waiting([...idle.values()])) void this.tell(subscriber);
    } catch (error) {
      this.parts.onFailure(error);
    } finally {
      this.isLooking = false;
    }
  }

  /** All that a subscriber is to be told, as long as one of its connections takes it. */
  private async tell(subscriber: Subscriber): Promise<void> {
    const name = nameOf(subscriber);
    if (this.busy.has(name)) return;
    this.busy.add(name);
    try {
      for (let isTaken = true; isTaken;) {
        const { reports, positions } = await this.parts.store.next(subscriber, AT_ONCE);
        if (positions.length === 0) return;
        const untold = await this.send(name, reports);
        isTaken = untold === undefined;
        // What a filter leaves out, and what stands before the first that nobody took.
        const done = isTaken ? positions : positions.slice(0, positions.indexOf(untold ?? ''));
        if (done.length > 0) await this.parts.store.told(subscriber, done);
      }
    } catch (error) {
      this.parts.onFailure(error);
    } finally {
      this.busy.delete(name);
    }
  }

  /** @returns the position of the first that none of the connections took */
  private async send(name: string, reports: readonly WaitingReport[]): Promise<string | undefined> {
    for (const { position, event, says, ...of } of reports) {
      const channels = [...this.open].filter(({ subscriber }) => nameOf(subscriber) === name);
      const sent = channels.map((channel) => {
        channel.messageId = (channel.messageId % MOST_MESSAGE_ID) + 1;
        return channel.socket.send(JSON.stringify(eventReport({ uid: uidOf(of), event, says }, channel.messageId)));
      });
      const outcomes = await Promise.allSettled(sent);
      const taken = outcomes.filter(({ status }) => status === 'fulfilled').length;
      if (taken === 0) return position;
      this.parts.instruments.reports.inc({ event: String(event) }, taken);
    }
    return undefined;
  }
}

/** Who did not answer the last time is gone. */
function ask(channel: Channel): void {
  if (!channel.isThere) {
    channel.socket.terminate();
    return;
  }
  channel.isThere = false;
  channel.socket.ping();
}
