import { placeOrder, type Order, type OrderedGeneration } from './place-order';

const order = (more: Partial<Order> = {}): Order => ({ route: 'ct', readiness: 'READY', hasInputs: true, ...more });
const generation = (number: number, more: Partial<OrderedGeneration> = {}): OrderedGeneration => ({
  generation: number,
  state: 'exported',
  reason: null,
  routes: [],
  ...more,
});

describe('an order for a route on a study', () => {
  it('waits until the study, and all that it names of it, is here', () => {
    expect(placeOrder([], order())).toEqual({ do: 'wait' });
    expect(placeOrder([generation(1)], order({ hasInputs: false }))).toEqual({ do: 'wait' });
  });

  it('is added to what comes in, and completes it where its inputs are ready', () => {
    const coming = [generation(1, { state: 'receiving' })];
    expect(placeOrder(coming, order())).toEqual({ do: 'add', generation: 1, go: true });
    expect(placeOrder(coming, order({ readiness: 'INCOMPLETE' }))).toEqual({ do: 'add', generation: 1, go: false });
  });

  it.each(['complete', 'inferring', 'inferred', 'exporting', 'exported'] as const)(
    'joins what the route works on, or did, in state %s',
    (state) => {
      expect(placeOrder([generation(2, { state, routes: ['ct'] })], order())).toEqual({ do: 'join', generation: 2 });
    },
  );

  it.each([
    ['that the route has not seen', { routes: ['other'] }],
    ['that failed', { state: 'failed', reason: 'run_failed', routes: ['ct'] }],
    ['that no route took', { state: 'skipped', reason: 'no_route' }],
  ] as const)('begins another generation of a study %s', (_what, more) => {
    expect(placeOrder([generation(3, more)], order())).toEqual({ do: 'begin', generation: 4 });
  });

  it('joins what was answered before, where nothing new would be seen', () => {
    const unchanged = generation(2, { state: 'skipped', reason: 'unchanged' });
    const before = generation(1, { routes: ['ct'] });
    expect(placeOrder([unchanged, before], order())).toEqual({ do: 'join', generation: 1 });
    expect(placeOrder([unchanged, generation(1)], order())).toEqual({ do: 'give-up' });
  });
});
