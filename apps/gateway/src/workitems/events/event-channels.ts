import { ServingError } from '@medserve/errors';
import type { Instruments } from '@medserve/runtime';
import type { Subscriber, SubscriptionStore, WaitingReport } from '@medserve/storage';
import { eventReport } from '@medserve/studies';
import { uidOf } from '../tell-workitem';

/** One notification connection (PS3.18 8.10), as far as it matters here. */
export interface EventSocket {
  /** Resolves when the text is on its way; rejects when it never will be. */
  send(text: string): Promise<void>;
  /** Resolves when the other side has all that was sent until now; rejects when that will never be known. */
  confirmed(): Promise<void>;
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
  /** Connections at one gateway, and those of one tenant. */
  readonly most?: { readonly all: number; readonly ofTenant: number };
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
const MOST = { all: 1_000, ofTenant: 200 };
const AT_ONCE = 100;
const MOST_MESSAGE_ID = 0xffff;
const POLICY_VIOLATION = 1008;
const REFUSED: ReadonlySet<string> = new Set(['unauthenticated', 'forbidden']);

const nameOf = ({ tenant, aet }: Subscriber): string => JSON.stringify([tenant, aet]);

/**
 * The notification connections of one gateway: each is told what its subscriber is still to be told, in the order in which it happened.
 * It is kept until the other side says that it came (a pong to a ping that follows it), and told again where it does not. Of several
 * connections of one subscriber each is told the same, and one of them is enough.
 */
export class EventChannels {
  private readonly open = new Set<Channel>();
  /** Subscribers who are being told something: a connection that takes nothing holds up nobody else. */
  private readonly busy = new Set<string>();
  private readonly timers: NodeJS.Timeout[] = [];
  private isLooking = false;

  constructor(private readonly parts: EventChannelsParts) {}

  /** @throws ServingError `overloaded`: to be called before a connection is taken */
  insistOnRoom(tenant: string): void {
    const most = this.parts.most ?? MOST;
    const own = [...this.open].filter(({ subscriber }) => subscriber.tenant === tenant).length;
    if (this.open.size < most.all && own < most.ofTenant) return;
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
          // A database that is away, say, tells nothing of who may listen.
          const isRefused = error instanceof ServingError && REFUSED.has(error.category);
          if (isRefused) socket.close(POLICY_VIOLATION, 'The credential is not valid any more.');
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
      for (;;) {
        const reports = await this.parts.store.next(subscriber, AT_ONCE);
        if (reports.length === 0 || !(await this.send(name, reports))) return;
        await this.parts.store.told(
          subscriber,
          reports.map(({ position }) => position),
        );
      }
    } catch (error) {
      this.parts.onFailure(error);
    } finally {
      this.busy.delete(name);
    }
  }

  /** @returns whether one of the connections has all of them */
  private async send(name: string, reports: readonly WaitingReport[]): Promise<boolean> {
    const channels = [...this.open].filter(({ subscriber }) => nameOf(subscriber) === name);
    const outcomes = await Promise.allSettled(channels.map((channel) => this.sendOver(channel, reports)));
    return outcomes.some(({ status }) => status === 'fulfilled');
  }

  private async sendOver(channel: Channel, reports: readonly WaitingReport[]): Promise<void> {
    for (const { event, says, ...of } of reports) {
      channel.messageId = (channel.messageId % MOST_MESSAGE_ID) + 1;
      await channel.socket.send(JSON.stringify(eventReport({ uid: uidOf(of), event, says }, channel.messageId)));
      this.parts.instruments.reports.inc({ event: String(event) });
    }
    await channel.socket.confirmed();
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
