import type { WorkitemKey } from '@medserve/storage';
import type { Placing, StudyFacts } from '@medserve/studies';
import { parseRoute } from '@medserve/studies';
import { orderedFacts } from './ordered-facts';
import { WorkitemPerformer } from './workitem-performer';

const key = (uid: string): WorkitemKey => ({ tenant: 'north', uid });

function rig(placings: Readonly<Record<string, Placing>>) {
  const waiting = new Set(Object.keys(placings));
  const heard = { ordered: 0, failures: [] as unknown[], purged: [] as Date[] };
  let isAway = false;
  const performer = new WorkitemPerformer({
    store: {
      purge: (before) => {
        heard.purged.push(before);
        return Promise.resolve(0);
      },
    },
    orders: {
      waiting: (routes) => {
        if (isAway) return Promise.reject(new Error('away'));
        expect(routes).toEqual(['ct']);
        return Promise.resolve([...waiting].map(key));
      },
      place: ({ uid }) => {
        waiting.delete(uid);
        return Promise.resolve(placings[uid]);
      },
    },
    routes: ['ct'],
    ordered: () => {
      heard.ordered += 1;
    },
    onFailure: (error) => {
      heard.failures.push(error);
    },
    now: () => new Date(),
  });
  return {
    performer,
    waiting,
    heard,
    away: (is: boolean) => {
      isAway = is;
    },
  };
}

describe('the performer of a platform', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: new Date('2026-11-26T07:00:00Z') });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('takes what waits for its routes, and wakes the engine for what it ordered', async () => {
    const { performer, waiting, heard } = rig({
      '1.1': { do: 'join', generation: 1 },
      '1.2': { do: 'begin', generation: 2 },
    });
    performer.start();
    await jest.advanceTimersByTimeAsync(0);
    expect([waiting.size, heard.ordered]).toEqual([0, 1]);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(heard.ordered).toBe(1);
    await performer.close();
  });

  it('goes on after a failure', async () => {
    const { performer, waiting, heard, away } = rig({ '1.1': { do: 'add', generation: 1, go: true } });
    away(true);
    performer.start();
    await jest.advanceTimersByTimeAsync(0);
    expect(heard.failures).toHaveLength(1);
    away(false);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(waiting.size).toBe(0);
    await performer.close();
  });

  it('forgets, once an hour, what ended a month ago', async () => {
    const { performer, heard } = rig({});
    performer.start();
    await jest.advanceTimersByTimeAsync(3_599_000);
    expect(heard.purged).toEqual([new Date('2026-10-27T07:00:00Z')]);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(heard.purged).toHaveLength(2);
    await performer.close();
    await jest.advanceTimersByTimeAsync(7_200_000);
    expect(heard.purged).toHaveLength(2);
  });
});

describe('the facts of a study', () => {
  const facts: StudyFacts = { attributes: {}, series: [] };
  const routeOf = (name: string, when: string) =>
    parseRoute(`name: ${name}\ndescription: x\nwhen: ${when}\nruns: [{ name: r, task: measure }]\n`, `${name}.yaml`);
  const routes = [routeOf('all', '{}'), routeOf('none', '{ sender: NOBODY }')];
  const generation = { tenant: 'north', studyUid: '1.2', generation: 1 };

  it('have what was ordered, and note which routes may take it, once', async () => {
    const noted: (readonly string[])[] = [];
    let ordered: readonly string[] = [];
    const archive = orderedFacts({ facts: () => Promise.resolve(facts) }, routes, {
      wanted: () => Promise.resolve({ ordered, orderedClass: 'stat', candidates: noted.at(-1) ?? [] }),
      noteCandidates: (_key, names) => {
        noted.push(names);
        return Promise.resolve();
      },
    });
    expect(await archive.facts(generation)).toEqual(facts);
    await archive.facts(generation);
    ordered = ['none'];
    expect(await archive.facts(generation)).toEqual({ ...facts, ordered: { routes: ['none'], class: 'stat' } });
    expect(noted).toEqual([['all'], ['all', 'none']]);
  });
});
