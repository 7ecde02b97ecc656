import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import type { EventHandler, EventMessage, Subscription } from '../event-bus';
import { farewell } from './farewell';
import type { KafkaLog } from './log-creator';
import { ID_HEADER, KEY_HEADER, TRACEPARENT_HEADER } from './headers';

const PAUSE_MS = 500;
/**
 * When a member dies without a farewell, who comes after it gets no partitions until the session of the dead one has run out.
 * Six seconds is the shortest that brokers allow by default.
 */
const SESSION_MS = 6_000;
const HEARTBEAT_MS = 1_000;

export interface SubscriptionPlan {
  readonly topic: string;
  readonly groupId: string;
  readonly handler: EventHandler;
  readonly log: KafkaLog;
}

function toMessage({ value, headers }: KafkaMessage): EventMessage | undefined {
  const id = headers?.[ID_HEADER];
  const key = headers?.[KEY_HEADER];
  const traceparent = headers?.[TRACEPARENT_HEADER];
  if (value === null || id === undefined || key === undefined) return undefined;
  return {
    id: String(id),
    key: String(key),
    bytes: value,
    ...(traceparent === undefined ? {} : { traceparent: String(traceparent) }),
  };
}

/** A member of a consumer group that hands what arrives to one handler, until it is closed. */
export class KafkaSubscription implements Subscription {
  private readonly closing = new AbortController();
  private consumer: Consumer | undefined;
  /** Starting again after a crash; settles when a consumer runs, or when it was closed. */
  private beginning: Promise<void> = Promise.resolve();

  private constructor(
    private readonly kafka: Kafka,
    private readonly plan: SubscriptionPlan,
  ) {}

  static async start(kafka: Kafka, plan: SubscriptionPlan): Promise<KafkaSubscription> {
    const subscription = new KafkaSubscription(kafka, plan);
    await subscription.begin();
    return subscription;
  }

  /** A start under way is waited for as long as a farewell, and ended by itself when it takes longer. */
  async close(): Promise<void> {
    this.closing.abort();
    if (this.consumer !== undefined) await farewell(this.consumer.disconnect());
    await farewell(this.beginning);
  }

  private async begin(): Promise<void> {
    const { topic, groupId } = this.plan;
    const consumer = this.kafka.consumer({
      groupId,
      maxWaitTimeInMs: 200,
      sessionTimeout: SESSION_MS,
      rebalanceTimeout: 2 * SESSION_MS,
      heartbeatInterval: HEARTBEAT_MS,
      allowAutoTopicCreation: false,
      retry: { retries: Number.MAX_SAFE_INTEGER, initialRetryTime: 100, maxRetryTime: 2000 },
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      // kafkajs starts a consumer again after what it holds for passing; after anything else it would be silent for ever.
      if (!payload.restart) this.beginning = this.beginAgain();
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      this.closing.signal.throwIfAborted();
      this.consumer = consumer;
      await consumer.run({ eachBatchAutoResolve: false, eachBatch: (payload) => this.take(payload) });
    } catch (error) {
      // It tries for ever, and holds its connections, also where nobody waits for it any more.
      await farewell(consumer.disconnect());
      throw error;
    }
  }

  private async beginAgain(): Promise<void> {
    const { signal } = this.closing;
    for (;;) {
      await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      this.plan.log('warn', 'kafka: the consumer of events ended; it is started again');
      const isBegun = await this.begin().then(
        () => true,
        () => false,
      );
      if (isBegun) return;
    }
  }

  /**
   * The offset moves only after the handler is done; a handler that fails is tried again with the same messages. The offset is
   * a hint of where to go on: the outbox is what knows which events the ledger still lacks.
   */
  private async take(payload: EachBatchPayload): Promise<void> {
    const { signal } = this.closing;
    const { batch } = payload;
    const messages = batch.messages.map(toMessage).filter((message) => message !== undefined);
    if (messages.length < batch.messages.length) {
      this.plan.log('error', 'kafka: a message that is no event was passed over');
    }
    while (payload.isRunning() && !payload.isStale() && !signal.aborted) {
      try {
        if (messages.length > 0) await this.plan.handler(messages);
        payload.resolveOffset(batch.lastOffset());
        await payload.commitOffsetsIfNecessary();
        return;
      } catch {
        // The handler tells its own failures.
        await payload.heartbeat();
        await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
