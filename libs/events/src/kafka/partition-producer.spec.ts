import type { Kafka, Producer, ProducerConfig } from 'kafkajs';
import { PartitionProducer } from './partition-producer';

interface Sending {
  readonly producer: number;
  readonly end: (error?: Error) => void;
}

/** Producers that end a sending when they are told to, and who was disconnected. */
function brokers() {
  const sendings: Sending[] = [];
  const disconnected: number[] = [];
  const configs: (ProducerConfig | undefined)[] = [];
  let made = 0;
  const producer = (config?: ProducerConfig): Partial<Producer> => {
    configs.push(config);
    const number = (made += 1);
    return {
      connect: () => Promise.resolve(),
      send: () =>
        new Promise((resolve, reject) => {
          const end = (error?: Error): void => {
            if (error === undefined) resolve([]);
            else reject(error);
          };
          sendings.push({ producer: number, end });
        }),
      disconnect: () => {
        disconnected.push(number);
        return Promise.resolve();
      },
    };
  };
  return { kafka: { producer } as unknown as Kafka, sendings, disconnected, configs };
}

const turn = (): Promise<void> => new Promise(setImmediate);
const to = (partition: number) => ({ topic: 'spec', partition, messages: [{ value: 'x' }] });

describe('PartitionProducer', () => {
  it('sends to other partitions while one does not answer', async () => {
    const { kafka, sendings } = brokers();
    const producer = new PartitionProducer(kafka);
    void producer.send(to(0));
    const other = producer.send(to(1));
    await turn();
    expect(sendings.map((sending) => sending.producer)).toEqual([1, 1]);
    sendings[1]?.end();
    await other;
    await producer.close();
  });

  it('goes by what it knows of the topic for longer than a partition is usually without a leader', async () => {
    const { kafka, configs } = brokers();
    const producer = new PartitionProducer(kafka);
    await producer.connect();
    expect(configs[0]?.metadataMaxAge).toBeGreaterThan(3_600_000);
    await producer.close();
  });

  it('replaces one that failed, and disconnects it only when nothing is under way with it', async () => {
    const { kafka, sendings, disconnected } = brokers();
    const producer = new PartitionProducer(kafka);
    const [failing, going] = [producer.send(to(0)), producer.send(to(1))];
    await turn();
    sendings[0]?.end(new Error('out of order'));
    await expect(failing).rejects.toThrow('out of order');
    const again = producer.send(to(0));
    await turn();
    expect(sendings[2]?.producer).toBe(2);
    expect(disconnected).toEqual([]);
    sendings[1]?.end();
    await going;
    await turn();
    expect(disconnected).toEqual([1]);
    sendings[2]?.end();
    await again;
    await producer.close();
    expect(disconnected).toEqual([1, 2]);
  });
});
