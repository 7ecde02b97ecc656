import { KafkaJSProtocolError, type Admin } from 'kafkajs';
import { ensureTopic } from './topic';

const WISH = { topic: 'audit', partitions: 2 };

/** What KafkaJS makes of a code in an answer of a broker. */
class Refusal extends KafkaJSProtocolError {
  constructor(override readonly type: string) {
    super(type);
  }
}

/** A cluster that answers so to the questions about the topic, one after the other. */
function cluster(answers: readonly (Error | number)[], existing: readonly string[] = []) {
  const made: unknown[] = [];
  let asked = 0;
  const admin: Partial<Admin> = {
    listTopics: () => Promise.resolve([...existing]),
    describeCluster: () => Promise.resolve({ brokers: [{}, {}] as never[], controller: 1, clusterId: 'x' }),
    createTopics: (options) => {
      made.push(options);
      return Promise.resolve(true);
    },
    fetchTopicMetadata: () => {
      const answer = answers[Math.min(asked, answers.length - 1)] ?? 0;
      asked += 1;
      if (typeof answer !== 'number') return Promise.reject(answer);
      const partitions = Array.from({ length: answer }, () => ({})) as never[];
      return Promise.resolve({ topics: [{ name: 'audit', partitions }] });
    },
  };
  return { admin: admin as Admin, made, asked: () => asked };
}

describe('the topic of the events', () => {
  it('is made where it is missing, and left as it is where it is not', async () => {
    const missing = cluster([2]);
    expect(await ensureTopic(missing.admin, WISH)).toEqual({ partitions: 2, isMade: true });
    expect(missing.made).toMatchObject([{ topics: [{ topic: 'audit', numPartitions: 2, replicationFactor: 2 }] }]);
    const there = cluster([6], ['audit']);
    expect(await ensureTopic(there.admin, WISH)).toEqual({ partitions: 6, isMade: false });
    expect(there.made).toEqual([]);
  });

  it('is waited for until every broker has heard of it', async () => {
    const wrapped = new Error('retries exceeded', { cause: new Refusal('LEADER_NOT_AVAILABLE') });
    const slow = cluster([new Refusal('UNKNOWN_TOPIC_OR_PARTITION'), wrapped, 2]);
    expect(await ensureTopic(slow.admin, WISH)).toMatchObject({ partitions: 2 });
    expect(slow.asked()).toBe(3);
  });

  it('is not waited for where the answer is another', async () => {
    const shut = cluster([new Refusal('TOPIC_AUTHORIZATION_FAILED'), 2]);
    await expect(ensureTopic(shut.admin, WISH)).rejects.toThrow('TOPIC_AUTHORIZATION_FAILED');
    await expect(ensureTopic(cluster([0], ['audit']).admin, WISH)).rejects.toThrow('has no partitions');
  });
});
