import { describePools, type Pool } from './list';

const pool: Pool = {
  name: 'encoder',
  queuedSlots: 2.5,
  runningSlots: 8,
  readyReplicas: 2,
  startingReplicas: 1,
  oldestWaitMs: 1_240,
  minReplicas: 0,
  maxReplicas: 4,
  decision: { replicas: 3, wanted: 4, because: 'pace', warmth: 'hot' },
};

describe('the list of pools', () => {
  it('says what is asked, what is there, what is wanted and why', () => {
    expect(describePools({ data: [pool], isDecided: true }).split('\n')).toEqual([
      'POOL     QUEUED  RUNNING  READY  STARTING  WANTED     WHY                  WARMTH  OLDEST',
      'encoder     2.5        8      2         1  3 of 0..4  pace (asked for: 4)  hot     1.2 s',
    ]);
  });

  it('says where nobody decides', () => {
    const { decision: undecided, ...asked } = pool;
    expect(undecided).toBeDefined();
    expect(describePools({ data: [asked], isDecided: false })).toContain('Nobody decides');
  });

  it('says what to do where there are none', () => {
    expect(describePools({ data: [], isDecided: false })).toContain('medserve up --pods 0..4');
  });
});
