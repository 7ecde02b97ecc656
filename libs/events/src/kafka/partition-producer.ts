import { Partitioners, type Kafka, type Message, type Producer } from 'kafkajs';
import { farewell } from './farewell';

/** The topic and what is to be written to one of its partitions. */
export interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly Omit<Message, 'partition'>[];
}

/**
 * The only caller of a kafkajs producer. One call is one topic and one partition: kafkajs remembers within a call which
 * brokers have answered, so that a call over several partitions loses acknowledged messages when a leader moves. The settings
 * are those measured to lose and double nothing under killed leaders.
 *
 * What a producer does not try again it refuses for ever: after an outage, or when a broker lost the end of its log, the
 * numbers of its messages no longer follow on each other (OUT_OF_ORDER_SEQUENCE_NUMBER). So one that failed is replaced.
 */
export class PartitionProducer {
  private producer: Promise<Producer> | undefined;

  constructor(private readonly kafka: Kafka) {}

  /** Resolves when brokers answer. */
  async connect(): Promise<void> {
    await this.current();
  }

  /** Resolves when every in-sync replica has the messages. After a rejection they may be there or not: send them again. */
  async send({ topic, partition, messages }: Batch): Promise<void> {
    const producer = await this.current();
    try {
      await producer.send({ topic, acks: -1, messages: messages.map((message) => ({ ...message, partition })) });
    } catch (error) {
      this.producer = undefined;
      void farewell(producer.disconnect());
      throw error;
    }
  }

  async close(): Promise<void> {
    const producer = await this.producer?.catch(() => undefined);
    if (producer !== undefined) await farewell(producer.disconnect());
  }

  private current(): Promise<Producer> {
    this.producer ??= connected(this.kafka).catch((error: unknown) => {
      this.producer = undefined;
      throw error;
    });
    return this.producer;
  }
}

async function connected(kafka: Kafka): Promise<Producer> {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    retry: { retries: Number.MAX_SAFE_INTEGER, initialRetryTime: 100, maxRetryTime: 2000 },
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  return producer;
}
