import './quiet-queues';
import { Kafka, type Admin, type KafkaConfig } from 'kafkajs';
import type { EventBus, EventHandler, EventMessage, Subscription, TransportChange } from '../event-bus';
import { brokerSocket } from './broker-socket';
import { ID_HEADER, KEY_HEADER, TRACEPARENT_HEADER } from './headers';
import { saslOf, type KafkaLogin } from './kafka-login';
import { KafkaSubscription } from './kafka-subscription';
import type { KafkaTls } from './kafka-tls';
import { createKafkaLog, type KafkaLog } from './log-creator';
import { PartitionProducer } from './partition-producer';
import { ensureTopic } from './topic';

export interface KafkaBusOptions {
  /** host:port */
  readonly brokers: readonly string[];
  readonly topic?: string;
  /** Absent: in the clear. */
  readonly tls?: KafkaTls;
  /** Absent: brokers are not told who connects. */
  readonly login?: KafkaLogin;
  /** Default: a group for the topic. All members of a group must read the same topic. */
  readonly groupId?: string;
  readonly clientId?: string;
  /** For a topic that is not there yet. */
  readonly partitions?: number;
  readonly log: KafkaLog;
}

/** kafkajs allows one second, TLS included, which a broker that has just started does not always keep. */
const TLS_WITHIN_MS = 5_000;

/** The sockets are of our own making: what kafkajs is given as `ssl` would be the same for all connections. */
const security = ({ tls, login }: KafkaBusOptions): Partial<KafkaConfig> => ({
  socketFactory: (call) => brokerSocket(call, tls),
  ...(tls === undefined ? {} : { ssl: true, connectionTimeout: TLS_WITHIN_MS }),
  ...(login === undefined ? {} : { sasl: saslOf(login) }),
});

async function administer<T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/**
 * Events over Apache Kafka. Each call carries one topic and one partition: that is what keeps kafkajs from losing acknowledged
 * messages when a leader moves (`PartitionProducer`). Consumers stay idempotent all the same.
 */
export class KafkaBus implements EventBus {
  private readonly subscriptions = new Set<KafkaSubscription>();

  private constructor(
    private readonly kafka: Kafka,
    private readonly producer: PartitionProducer,
    private readonly names: { readonly topic: string; readonly groupId: string },
    readonly partitions: number,
    private readonly log: KafkaLog,
  ) {}

  /** Connects, makes the topic when it is missing. Rejects after some tries when no broker answers. */
  static async connect(options: KafkaBusOptions): Promise<KafkaBus> {
    const { topic = 'medserve.records.v1', clientId = 'medserve', log } = options;
    const groupId = options.groupId ?? `${topic}.ledger`;
    const kafka = new Kafka({
      clientId,
      brokers: [...options.brokers],
      ...security(options),
      logCreator: createKafkaLog(log),
      // For what comes before there is a bus: whoever wants one may try again. Producer and consumer have their own.
      retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1000 },
    });
    const { partitions } = await administer(kafka, (admin) =>
      ensureTopic(admin, { topic, partitions: options.partitions ?? 6 }),
    );
    const producer = new PartitionProducer(kafka);
    await producer.connect();
    return new KafkaBus(kafka, producer, { topic, groupId }, partitions, log);
  }

  publish(partition: number, messages: readonly EventMessage[]): Promise<void> {
    return this.producer.send({
      topic: this.names.topic,
      partition,
      messages: messages.map(({ id, key, bytes, traceparent }) => ({
        key,
        value: bytes,
        headers: {
          [ID_HEADER]: id,
          [KEY_HEADER]: key,
          ...(traceparent === undefined ? {} : { [TRACEPARENT_HEADER]: traceparent }),
        },
      })),
    });
  }

  async subscribe(handler: EventHandler): Promise<Subscription> {
    const subscription = await KafkaSubscription.start(this.kafka, { ...this.names, handler, log: this.log });
    this.subscriptions.add(subscription);
    return subscription;
  }

  /** A producer that waits for a topic that is gone goes on with the one that is made here. */
  async inspect(): Promise<TransportChange | undefined> {
    const { topic } = this.names;
    const found = await administer(this.kafka, (admin) => ensureTopic(admin, { topic, partitions: this.partitions }));
    if (found.isMade) return 'topic_remade';
    return found.partitions === this.partitions ? undefined : 'partitions_changed';
  }

  async close(): Promise<void> {
    await Promise.all([...this.subscriptions].map((subscription) => subscription.close()));
    await this.producer.close();
  }
}
