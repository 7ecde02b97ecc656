import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, KafkaJSProtocolError, logLevel, type Admin } from 'kafkajs';

export interface TopicWish {
  readonly topic: string;
  readonly partitions: number;
}

export interface EnsuredTopic {
  /** That it has. */
  readonly partitions: number;
  /** Whether it was missing. */
  readonly isMade: boolean;
}

/**
 * Makes the topic when it is not there, and says how many partitions it has. Called at start: a producer with unlimited
 * retries would wait for ever on a topic that does not exist.
 *
 * Replication follows the cluster: three copies where there are three brokers, and then two must have a message.
 */
export async function ensureTopic(admin: Admin, { topic, partitions }: TopicWish): Promise<EnsuredTopic> {
  const existing = await admin.listTopics();
  const isMade = !existing.includes(topic);
  if (isMade) {
    const { brokers } = await admin.describeCluster();
    const replicationFactor = Math.min(3, brokers.length);
    const inSync = String(Math.max(1, replicationFactor - 1));
    const configEntries = [{ name: 'min.insync.replicas', value: inSync }];
    // `false` when another recorder made it in between.
    await admin.createTopics({
      waitForLeaders: false,
      topics: [{ topic, numPartitions: partitions, replicationFactor, configEntries }],
    });
  }
  const count = await partitionsOf(admin, topic);
  if (count === 0) throw new Error('The Kafka topic of the audit events has no partitions.');
  return { partitions: count, isMade };
}

/** What brokers answer about a topic that was made a moment ago: not each of them has heard of it, and not each partition has a leader. */
const NOT_YET: readonly unknown[] = ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE'];
const KNOWN_WITHIN_MS = 30_000;
const RETRY_MS = 100;

/** KafkaJS asks again a few times by itself, and then wraps what it was told. */
const isNotYet = (error: unknown): boolean => error instanceof KafkaJSProtocolError && NOT_YET.includes(error.type);

/** KafkaJS's own `waitForLeaders` waits for leaders alone, and gives up at a broker that has not heard of the topic. */
async function partitionsOf(admin: Pick<Admin, 'fetchTopicMetadata'>, topic: string): Promise<number> {
  const until = performance.now() + KNOWN_WITHIN_MS;
  for (;;) {
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      return topics.find(({ name }) => name === topic)?.partitions.length ?? 0;
    } catch (error) {
      const isEarly = [error, (error as Error).cause].some(isNotYet);
      if (!isEarly || performance.now() >= until) throw error;
      await delay(RETRY_MS);
    }
  }
}

/** A partition as the cluster sees it now. */
export interface PartitionState {
  readonly partition: number;
  /** Node ids. */
  readonly leader: number;
  readonly inSync: readonly number[];
  /** Offset of the next message that consumers may see: how many messages were written in all, to a topic that keeps them. */
  readonly end: number;
}

/** Who holds the partitions of a topic, in the order of the partitions. For people who look after it, and for tests. */
export async function describeTopic(brokers: readonly string[], topic: string): Promise<PartitionState[]> {
  const admin = new Kafka({ clientId: 'medserve-look', brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const ends = new Map(
      (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]),
    );
    return topics
      .flatMap(({ partitions }) => partitions)
      .map(({ partitionId, leader, isr }) => ({
        partition: partitionId,
        leader,
        inSync: isr,
        end: ends.get(partitionId) ?? 0,
      }))
      .sort((one, other) => one.partition - other.partition);
  } finally {
    await admin.disconnect();
  }
}
