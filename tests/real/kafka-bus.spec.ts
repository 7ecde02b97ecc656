import { randomUUID } from 'node:crypto';
import { KafkaBus } from '@medserve/events';
import { describeEventBusContract } from '@medserve/testkit';

const brokers = (process.env['MEDSERVE_TEST_KAFKA'] ?? '').split(',').filter((broker) => broker !== '');

const open = (topic: string) =>
  KafkaBus.connect({ brokers, topic, groupId: `${topic}-group`, partitions: 3, log: () => undefined });

if (brokers.length === 0) {
  describe('KafkaBus', () => {
    it.skip('needs a Kafka: set MEDSERVE_TEST_KAFKA to host:port,host:port', () => undefined);
  });
} else {
  describeEventBusContract('KafkaBus', () => open(`test-${randomUUID()}`));

  describe('KafkaBus', () => {
    it('finds the topic that another process made, with the partitions it has', async () => {
      const topic = `test-${randomUUID()}`;
      const first = await open(topic);
      const second = await KafkaBus.connect({ brokers, topic, partitions: 12, log: () => undefined });
      expect([first.partitions, second.partitions]).toEqual([3, 3]);
      await Promise.all([first.close(), second.close()]);
    }, 60_000);

    it('says within the start that no broker answers', async () => {
      await expect(KafkaBus.connect({ brokers: ['127.0.0.1:9'], log: () => undefined })).rejects.toThrow();
    }, 60_000);
  });
}
