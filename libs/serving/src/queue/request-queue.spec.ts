import fc from 'fast-check';
import { CLASSES, type Class } from '../classes';
import { RequestQueue, type Waiting } from './request-queue';

interface Item extends Waiting {
  readonly name: string;
}

const item = (name: string, change: Partial<Item> = {}): Item => ({
  name,
  class: 'routine',
  tenant: 'clinic',
  cost: 1,
  deadlineAtMs: Number.POSITIVE_INFINITY,
  ...change,
});
const arbitraryItem = fc.record({
  name: fc.string(),
  class: fc.constantFrom<Class>(...CLASSES),
  tenant: fc.constantFrom('a', 'b', 'c'),
  cost: fc.nat(5),
  deadlineAtMs: fc.oneof(fc.nat(20), fc.constant(Number.POSITIVE_INFINITY)),
});
const urgency = ({ class: name }: Item): number => CLASSES.indexOf(name);
const fill = (items: readonly Item[], limit = 1_000): RequestQueue<Item> => {
  const queue = new RequestQueue<Item>(limit);
  for (const each of items) queue.offer(each);
  return queue;
};
const drain = (queue: RequestQueue<Item>): Item[] => {
  const taken: Item[] = [];
  for (let [next] = queue.inOrder(); next; [next] = queue.inOrder()) {
    queue.take(next);
    taken.push(next);
  }
  return taken;
};
const namesOf = (items: Iterable<Item>): string => Array.from(items, ({ name }) => name).join('');

describe('RequestQueue', () => {
  it('never lets a less urgent class go first', () => {
    fc.assert(
      fc.property(fc.array(arbitraryItem), (items) => {
        const order = drain(fill(items)).map(urgency);
        expect(order).toEqual(order.toSorted((a, b) => a - b));
      }),
    );
  });

  it('keeps a tenant’s requests of a class in the order of their deadlines, equal ones in the order of arrival', () => {
    fc.assert(
      fc.property(fc.array(arbitraryItem), (items) => {
        const order = drain(fill(items));
        for (const name of CLASSES) {
          for (const tenant of ['a', 'b', 'c']) {
            const isOwn = (each: Item) => each.class === name && each.tenant === tenant;
            expect(order.filter(isOwn)).toEqual(
              items
                .filter(isOwn)
                .toSorted((a, b) => (a.deadlineAtMs === b.deadlineAtMs ? 0 : a.deadlineAtMs - b.deadlineAtMs)),
            );
          }
        }
      }),
    );
  });

  it('says beforehand in which order it will be emptied', () => {
    fc.assert(
      fc.property(fc.array(arbitraryItem), (items) => {
        const queue = fill(items);
        const told = [...queue.inOrder()];
        expect(drain(queue)).toEqual(told);
      }),
    );
  });

  it('neither loses nor doubles a request and never holds more than its limit, whatever is done to it', () => {
    const step = fc.oneof(
      arbitraryItem.map((given) => ({ kind: 'offer' as const, given })),
      fc.record({ kind: fc.constantFrom('take' as const, 'remove' as const), index: fc.nat(20) }),
    );
    fc.assert(
      fc.property(fc.nat(8), fc.array(step, { maxLength: 60 }), (limit, steps) => {
        const queue = new RequestQueue<Item>(limit);
        const inside = new Set<Item>();
        for (const each of steps) {
          if (each.kind === 'offer') {
            const offer = queue.offer(each.given);
            if (offer.kind !== 'refused') inside.add(each.given);
            if (offer.kind === 'evicted') expect(inside.delete(offer.victim)).toBe(true);
          } else {
            const chosen = [...inside][each.index];
            if (chosen) {
              expect(queue[each.kind](chosen)).toBe(true);
              inside.delete(chosen);
              expect(queue[each.kind](chosen)).toBe(false);
            }
          }
          expect(queue.size).toBe(inside.size);
          expect(queue.size).toBeLessThanOrEqual(limit);
          expect(new Set(queue.inOrder())).toEqual(inside);
        }
      }),
    );
  });

  it('gives tenants that wait the same share of the work, however many requests each has', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 40, maxLength: 80 }), (costs) => {
        const greedy = costs.map((cost) => item('g', { tenant: 'greedy', cost }));
        const modest = costs.slice(0, 10).map((cost) => item('m', { tenant: 'modest', cost }));
        const queue = fill([...greedy, ...modest]);
        const given = { greedy: 0, modest: 0 };
        for (const { tenant, cost } of queue.inOrder()) {
          given[tenant as keyof typeof given] += cost;
          if (given.modest === modest.reduce((sum, each) => sum + each.cost, 0)) break;
          // Never apart by more than one request of each.
          expect(Math.abs(given.greedy - given.modest)).toBeLessThanOrEqual(10);
        }
      }),
    );
  });

  it('gives a tenant that comes back neither credit for its pause nor more than its own lead', () => {
    const queue = fill([1, 2, 3, 4].map((index) => item(`a${String(index)}`, { tenant: 'a' })));
    const takeNext = (): string => {
      const [next] = queue.inOrder();
      if (next) queue.take(next);
      return next?.name ?? '';
    };
    expect([takeNext(), takeNext()]).toEqual(['a1', 'a2']);
    for (const name of ['b1', 'b2', 'b3']) queue.offer(item(name, { tenant: 'b' }));
    expect(namesOf(queue.inOrder())).toBe('b1a3b2a4b3');
    takeNext();
    // Whoever leaves the queue and comes again at once does not go before those who waited.
    queue.remove([...queue.inOrder()].find(({ name }) => name === 'b2') as Item);
    queue.remove([...queue.inOrder()].find(({ name }) => name === 'b3') as Item);
    queue.offer(item('b4', { tenant: 'b' }));
    expect(namesOf(queue.inOrder())).toBe('a3b4a4');
  });

  describe('when it is full', () => {
    it('gives a more urgent arrival the place of the least urgent request with the latest deadline', () => {
      const queue = fill(
        [
          item('u', { class: 'urgent' }),
          item('r1', { class: 'research', deadlineAtMs: 5 }),
          item('r2', { class: 'research', deadlineAtMs: 9, tenant: 'x' }),
        ],
        3,
      );
      expect(queue.offer(item('s', { class: 'stat' }))).toMatchObject({ kind: 'evicted', victim: { name: 'r2' } });
      expect(namesOf(queue.inOrder())).toBe('sur1');
    });

    it('evicts nobody who is as urgent or more, but for a tenant that holds fewer places', () => {
      fc.assert(
        fc.property(fc.array(arbitraryItem, { minLength: 1 }), arbitraryItem, (items, arrival) => {
          const queue = fill(items, items.length);
          const offer = queue.offer(arrival);
          if (offer.kind !== 'evicted') {
            expect(offer.kind).toBe('refused');
            expect(items.every((each) => urgency(each) <= urgency(arrival))).toBe(true);
            return;
          }
          expect(urgency(offer.victim)).toBe(Math.max(...items.map(urgency)));
          if (urgency(offer.victim) > urgency(arrival)) return;
          expect(offer.victim.class).toBe(arrival.class);
          const places = (tenant: string) =>
            [...queue.inOrder()].filter((each) => each.class === arrival.class && each.tenant === tenant).length;
          expect(places(offer.victim.tenant)).toBeGreaterThanOrEqual(places(arrival.tenant));
        }),
      );
    });

    it('does not let one tenant keep all others out', () => {
      const queue = fill(
        [1, 2, 3, 4].map((index) => item(`g${String(index)}`, { tenant: 'greedy' })),
        4,
      );
      expect([1, 2, 3].map((index) => queue.offer(item(`m${String(index)}`, { tenant: 'modest' })).kind)).toEqual([
        'evicted',
        'evicted',
        'refused',
      ]);
      expect(queue.offer(item('g5', { tenant: 'greedy' })).kind).toBe('refused');
    });

    it('has a place again at once when someone leaves', () => {
      const first = item('a');
      const queue = fill([first], 1);
      expect(queue.offer(item('b')).kind).toBe('refused');
      queue.remove(first);
      expect(queue.offer(item('c')).kind).toBe('queued');
    });
  });

  it('knows what is served before an arrival', () => {
    fc.assert(
      fc.property(fc.array(arbitraryItem), arbitraryItem, (items, arrival) => {
        const queue = fill(items);
        const told = queue.costAhead(arrival);
        queue.offer(arrival);
        let cost = 0;
        for (const each of queue.inOrder()) {
          if (each === arrival) break;
          cost += Math.max(each.cost, 1);
        }
        // Between tenants that are level either may go first.
        expect(Math.abs(told - cost)).toBeLessThanOrEqual(10);
      }),
    );
  });
});
