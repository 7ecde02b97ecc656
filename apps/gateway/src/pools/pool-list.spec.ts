import type { DecisionListener, DemandListener } from '@medserve/rpc';
import { PoolList } from './pool-list';

const WAITING = { stat: 1, urgent: 0, routine: 1, research: 0 };
const TOTALS = { answered: 7, invalid: 0, refused: 1, failed: 0, cancelled: 0, cold: 2 };
const DEMAND = {
  pool: 'encoder',
  queuedSlots: 2,
  runningSlots: 3,
  readyReplicas: 1,
  startingReplicas: 1,
  idleMs: 0,
  active: true,
  oldestWaitMs: 40,
  recent: [5],
  waiting: WAITING,
  totals: TOTALS,
};
const FIGURES = {
  pool: 'encoder',
  queuedSlots: 4,
  runningSlots: 6,
  readyReplicas: 1,
  startingReplicas: 1,
  oldestWaitMs: 50,
  minReplicas: 0,
  maxReplicas: 4,
  waiting: WAITING,
  totals: TOTALS,
};
const DECISION = { replicas: 3, wanted: 4, floor: 0, mode: 'stable', because: 'pace', warmth: 'hot' };

function scene(withScaler = true) {
  let ask!: DemandListener;
  let decide!: DecisionListener;
  let open = 0;
  const follow = <Listener>(keep: (listener: Listener) => void) => {
    return (listener: Listener) => {
      open += 1;
      keep(listener);
      return () => {
        open -= 1;
      };
    };
  };
  const pools = new PoolList({
    router: { watchDemand: follow<DemandListener>((listener) => (ask = listener)) },
    scaler: withScaler
      ? { close: () => undefined, watchDecisions: follow<DecisionListener>((listener) => (decide = listener)) }
      : undefined,
  });
  return {
    pools,
    ask: (told: Parameters<DemandListener>[0]) => {
      ask(told);
    },
    decide: (told: Parameters<DecisionListener>[0]) => {
      decide(told);
    },
    open: () => open,
  };
}

describe('the pools of the fleet', () => {
  it('are as the scaler sees them, which hears every router', () => {
    const { pools, ask, decide } = scene();
    ask({ router: 'one', pools: [DEMAND] });
    decide({ known: true, pools: [{ ...FIGURES, decision: DECISION }] });
    const { pool: name, ...figures } = FIGURES;
    expect(pools.list()).toEqual({ isDecided: true, pools: [{ name, ...figures, decision: DECISION }] });
  });

  it('are as the router sees them where no scaler is, or where it is away', () => {
    const alone = scene(false);
    expect(alone.pools.list()).toEqual({ pools: [], isDecided: false });
    alone.ask({ router: 'one', pools: [DEMAND] });
    expect(alone.pools.list()).toMatchObject({ isDecided: false, pools: [{ name: 'encoder', queuedSlots: 2 }] });

    const both = scene();
    both.ask({ router: 'one', pools: [DEMAND] });
    both.decide({ known: true, pools: [FIGURES] });
    both.decide(undefined);
    expect(both.pools.list()).toMatchObject({ isDecided: false, pools: [{ queuedSlots: 2 }] });
  });

  it('have no decision while the scaler knows too little', () => {
    const { pools, decide } = scene();
    decide({ known: false, pools: [FIGURES] });
    expect(pools.list().isDecided).toBe(false);
    expect(pools.list().pools[0]).not.toHaveProperty('decision');
  });

  it('say nothing of classes and endings where a router of an older version does not', () => {
    const { pools, ask } = scene(false);
    ask({ router: 'one', pools: [{ ...DEMAND, waiting: undefined, totals: undefined }] });
    const [pool] = pools.list().pools;
    expect(pool).not.toHaveProperty('waiting');
    expect(pool).not.toHaveProperty('totals');
  });

  it('are not followed any more once the list is closed', async () => {
    const { pools, open } = scene();
    expect(open()).toBe(2);
    await pools.close();
    expect(open()).toBe(0);
  });
});
