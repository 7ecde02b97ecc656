import { describeEventBusContract } from '@medserve/testkit';
import { InProcessBus } from './in-process-bus';

describeEventBusContract('InProcessBus', () => Promise.resolve(new InProcessBus()));

describe('InProcessBus', () => {
  it('does not take events while nobody consumes them', async () => {
    await expect(new InProcessBus().publish(0, [])).rejects.toThrow('Nobody consumes');
  });

  it('has delivered what was published when its subscription is closed', async () => {
    const bus = new InProcessBus();
    const taken: string[] = [];
    const subscription = await bus.subscribe(async (messages) => {
      await new Promise(setImmediate);
      taken.push(...messages.map(({ id }) => id));
    });
    const published = bus.publish(0, [{ id: 'a', key: 'r', bytes: Buffer.alloc(0) }]);
    await subscription.close();
    await published;
    expect(taken).toEqual(['a']);
  });
});
