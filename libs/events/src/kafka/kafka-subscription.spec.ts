import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, Kafka } from 'kafkajs';
import { KafkaSubscription } from './kafka-subscription';

/** Consumers of a group, which of them are connected and run, and the topic that may be away. */
function group() {
  const state = { made: 0, connected: 0, running: 0, isTopicThere: true, reachable: Promise.resolve() };
  const crashes: ((event: { payload: { restart: boolean } }) => void)[] = [];
  const consumers: { disconnect: () => Promise<void> }[] = [];
  const consumer = () => {
    state.made += 1;
    let [isConnected, isRunning] = [false, false];
    const made = {
      events: { CRASH: 'consumer.crash' },
      on: (_event: string, onCrash: (typeof crashes)[number]) => crashes.push(onCrash),
      connect: async () => {
        await state.reachable;
        isConnected = true;
        state.connected += 1;
      },
      subscribe: () => (state.isTopicThere ? Promise.resolve() : Promise.reject(new Error('no such topic'))),
      run: () => {
        isRunning = true;
        state.running += 1;
        return Promise.resolve();
      },
      disconnect: () => {
        if (isConnected) state.connected -= 1;
        if (isRunning) state.running -= 1;
        [isConnected, isRunning] = [false, false];
        return Promise.resolve();
      },
    };
    consumers.push(made);
    return made as unknown as Consumer;
  };
  /** kafkajs ends the one that ran, and does not start it again. */
  const crash = (): void => {
    void consumers[0]?.disconnect();
    crashes[0]?.({ payload: { restart: false } });
  };
  return { kafka: { consumer } as unknown as Kafka, state, crash };
}

const PLAN = { topic: 'spec', groupId: 'spec', handler: () => Promise.resolve(), log: () => undefined };

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(10);
}

describe('KafkaSubscription', () => {
  it('leaves no consumer connected that could not begin, and runs one when the topic is back', async () => {
    const { kafka, state, crash } = group();
    const subscription = await KafkaSubscription.start(kafka, PLAN);
    state.isTopicThere = false;
    crash();
    await until(() => state.made === 4);
    expect(state.connected).toBeLessThanOrEqual(1);
    state.isTopicThere = true;
    await until(() => state.running === 1);
    expect(state.connected).toBe(1);
    await subscription.close();
    expect(state).toMatchObject({ connected: 0, running: 0 });
  }, 20_000);

  it('leaves none connected where the first one cannot begin', async () => {
    const { kafka, state } = group();
    state.isTopicThere = false;
    await expect(KafkaSubscription.start(kafka, PLAN)).rejects.toThrow('no such topic');
    expect(state.connected).toBe(0);
  });

  it('runs none that was being started when it was closed', async () => {
    const { kafka, state, crash } = group();
    const subscription = await KafkaSubscription.start(kafka, PLAN);
    let reach = (): void => undefined;
    state.reachable = new Promise((resolve) => (reach = resolve));
    crash();
    await until(() => state.made === 2);
    const closed = subscription.close();
    reach();
    await closed;
    expect(state).toMatchObject({ connected: 0, running: 0 });
  }, 20_000);
});
