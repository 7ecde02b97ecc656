import { silentLogger } from '@medserve/runtime';
import { catalogueEntry, startFakePod } from '@medserve/testkit';
import type { Fleet } from './fleet';
import { Member } from './member';
import { Operator } from './operator';
import { Orders } from './orders';
import { echo, Harness, signpost } from './testing/harness';

const DEADLINE = { deadlineMs: 5_000 };

describe('a pod that comes back', () => {
  const harness = new Harness();
  afterEach(() => harness.end());

  /** A pod that takes its first order only when it is let, and a router that knows of these orders. */
  async function back(orders: Orders) {
    const heard: string[] = [];
    const [first, go] = [signpost(), signpost()];
    const pod = harness.add(
      await startFakePod({
        models: [catalogueEntry('m')],
        handle: echo,
        onOrder: async (order) => {
          heard.push(order.kind === 'load' ? order.configJson : `unload ${order.name}`);
          if (heard.length > 1) return;
          first.reach();
          await go.reached;
        },
      }),
    );
    const listeners = new Set<() => void>();
    const onChange = (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    };
    const member: Member = harness.add(
      new Member(pod.address, orders, silentLogger, () => {
        for (const listener of [...listeners]) listener();
      }),
    );
    const until = (condition: () => boolean) =>
      new Promise<void>((resolve) => {
        const look = (): void => {
          if (condition()) resolve();
        };
        onChange(look);
        look();
      });
    const fleet = {
      members: [member],
      catalogue: [catalogueEntry('m')],
      onChange,
      isAbsent: () => false,
      reordered: () => {
        member.changed();
      },
    } as unknown as Fleet;
    return { heard, member, operator: new Operator(fleet, orders), until, firstOrder: first.reached, letIt: go.reach };
  }

  it('hears an earlier order to its end before one that is given now', async () => {
    const orders = new Orders();
    orders.remember({ kind: 'load', load: { name: 'm', configJson: 'old' } });
    const { heard, member, operator, until, firstOrder, letIt } = await back(orders);
    await firstOrder;
    const given = operator.load({ name: 'm', configJson: 'new' }, DEADLINE);
    // Whatever was sent before this has arrived when this has.
    await member.unload('other', DEADLINE);
    expect(heard).toEqual(['old', 'unload other']);
    expect(member.models).toEqual([]);
    letIt();
    await given;
    await until(() => member.settled);
    expect(heard).toEqual(['old', 'unload other', 'new']);
    expect(member.models).toHaveLength(1);
  });

  it('while an order is under way hears that one only, and serves the model when it took it', async () => {
    const orders = new Orders();
    const given = signpost();
    const order = orders.lines.inTurn('m', () => given.reached);
    const { heard, member, until, letIt } = await back(orders);
    await until(() => member.reachable);
    orders.remember({ kind: 'load', load: { name: 'm', configJson: 'new' } });
    given.reach();
    await order;
    member.changed();
    expect(member.models).toEqual([]);
    letIt();
    await until(() => member.settled);
    expect(heard).toEqual(['new']);
    expect(member.models).toHaveLength(1);
  });
});
