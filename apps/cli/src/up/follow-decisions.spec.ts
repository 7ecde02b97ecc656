import type { ReplicaDecision, WatchDecisionsResponse } from '@medserve/contracts';
import { changeOf, decisionApplier } from './follow-decisions';

function told(replicas: number, seen: number, change: Partial<WatchDecisionsResponse> = {}): WatchDecisionsResponse {
  const decision: ReplicaDecision = {
    replicas,
    wanted: replicas,
    floor: 0,
    mode: 'stable',
    because: 'demand',
    warmth: 'hot',
  };
  const figures = {
    queuedSlots: 0,
    runningSlots: 0,
    oldestWaitMs: 0,
    minReplicas: 0,
    maxReplicas: 4,
    waiting: undefined,
    totals: undefined,
  };
  const pool = { pool: 'local', ...figures, readyReplicas: seen, startingReplicas: 0, decision };
  return { known: true, pools: [pool], ...change };
}

describe('the pods of one machine', () => {
  it('become as many as were decided', () => {
    expect(changeOf(told(3, 1), 1)?.replicas).toBe(3);
    expect(changeOf(told(0, 1), 1)?.replicas).toBe(0);
    expect(changeOf(told(1, 0), 0)?.replicas).toBe(1);
  });

  it('stay when they are as many', () => {
    expect(changeOf(told(2, 2), 2)).toBeUndefined();
  });

  it('stay while the scaler is away, or knows too little', () => {
    expect(changeOf(undefined, 2)).toBeUndefined();
    expect(changeOf(told(0, 2, { known: false }), 2)).toBeUndefined();
    expect(changeOf(told(0, 2, { pools: [] }), 2)).toBeUndefined();
  });

  it('are not taken away on a decision about fewer than there are', () => {
    expect(changeOf(told(0, 0), 1)).toBeUndefined();
    expect(changeOf(told(1, 1), 2)).toBeUndefined();
  });

  it('that cannot be had yet are asked for again and again, and told of once', () => {
    const said: string[] = [];
    const asked: number[] = [];
    const pods = { count: 0, scaleTo: (count: number) => asked.push(count) };
    const apply = decisionApplier(pods, (count, because) => said.push(`${String(count)} ${because}`));
    for (let words = 0; words < 3; words += 1) apply(told(2, 0));
    pods.count = 2;
    apply(told(2, 2));
    apply(told(0, 2));
    expect(asked).toEqual([2, 2, 2, 0]);
    expect(said).toEqual(['2 demand', '0 demand']);
  });
});
