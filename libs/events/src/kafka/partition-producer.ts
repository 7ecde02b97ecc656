import { Partitioners, type Kafka, type Message, type Producer } from 'kafkajs';
import { farewell } from './farewell';

/**
 * How long what is known of the topic is held for true. kafkajs takes no news of a topic of which a partition has no leader, and waits
 * for them: it would keep all other partitions waiting as soon as what it knows is this old. That a leader moved it hears from the
 * broker that was the leader.
 */
const METADATA_MAX_AGE_MS = 24 * 3_600_000;

/** The topic and what is to be written to one of its partitions. */
export interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly Omit<Message, 'partition'>[];
}

interface Line {
  readonly producer: Promise<Producer>;
  underWay: number;
}

/**
 * The only caller of a kafkajs producer. One call is one topic and one partition: kafkajs remembers within a call which
 * brokers have answered, so that a call over several partitions loses acknowledged messages when a leader moves. The settings
 * are those measured to lose and double nothing under killed leaders.
 *
 * What a producer does not try again it refuses for ever: after an outage, or when a broker lost the end of its log, the
 * numbers of its messages no longer follow on each other (OUT_OF_ORDER_SEQUENCE_NUMBER). So one that failed is replaced, and
 * disconnected when nothing is under way with it any more: calls for other partitions go on meanwhile.
 */
export class PartitionProducer {
  private readonly lines = new Set<Line>();
  private line: Line | undefined;

  constructor(private readonly kafka: Kafka) {}

  /** Resolves when brokers answer. */
  async connect(): Promise<void> {
    await this.by(() => Promise.resolve());
  }

  /**
   * Resolves when every in-sync replica has the messages. After a rejection they may be there or not: send them again. Partitions may
   * be sent to side by side; of one partition, the next waits for the end of the one before.
   */
  async send({ topic, partition, messages }: Batch): Promise<void> {
    const placed = messages.map((message) => ({ ...message, partition }));
    await this.by((producer) => producer.send({ topic, acks: -1, messages: placed }));
  }

  async close(): Promise<void> {
    await Promise.all([...this.lines].map((line) => this.end(line)));
  }

  private async by(work: (producer: Producer) => Promise<unknown>): Promise<void> {
    const line = (this.line ??= this.open());
    line.underWay += 1;
    try {
      await work(await line.producer);
    } catch (error) {
      if (this.line === line) this.line = undefined;
      throw error;
    } finally {
      line.underWay -= 1;
      if (this.line !== line && line.underWay === 0) void this.end(line);
    }
  }

  private open(): Line {
    const line = { producer: connected(this.kafka), underWay: 0 };
    this.lines.add(line);
    return line;
  }

  private async end(line: Line): Promise<void> {
    this.lines.delete(line);
    const producer = await line.producer.catch(() => undefined);
    if (producer !== undefined) await farewell(producer.disconnect());
  }
}

async function connected(kafka: Kafka): Promise<Producer> {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    metadataMaxAge: METADATA_MAX_AGE_MS,
    retry: { retries: Number.MAX_SAFE_INTEGER, initialRetryTime: 100, maxRetryTime: 2000 },
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  return producer;
}
