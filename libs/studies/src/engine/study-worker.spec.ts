import { armFailpoints } from '@medserve/runtime/failpoints';
import { InMemoryStudies } from '../testing/in-memory-studies';
import { images, route, series, study } from '../testing/study';
import type { Route } from '../routes/route-schema';
import type { StudyFacts } from '../study-facts';
import { LostLeaseError, type Inferred, type StudyResults } from './ports';
import type { StudyResult, StudyRun } from './study-work';
import { StudyWorker } from './study-worker';

const CT = route('when: { modality: CT }\ncomplete: { quietSeconds: 10 }\nseries: { minSlices: 8 }');
const SR: StudyResult = { kind: 'sr', sopClassUid: '1', sopInstanceUid: '2.25.1', seriesUid: '2.25.2' };
const ANSWERED: Inferred = { kind: 'answered', request: 'r-1' };

/** A world of one study, `1.2`, whose clock is moved by hand. */
class World {
  readonly studies = new InMemoryStudies();
  readonly asked: string[] = [];
  readonly told: string[] = [];
  readonly failures: unknown[] = [];
  readonly order: string[] = [];
  facts: StudyFacts = study([series('1')]);
  routes: readonly Route[] = [CT];
  answers: Inferred[] = [];
  read = (): Promise<StudyFacts> => Promise.resolve(this.facts);
  make: StudyResults['make'] = () => Promise.resolve([SR]);
  made = 0;

  constructor() {
    this.studies.arrive('1.2', 20);
  }

  /** Works on whatever is due for so long. */
  async pass(seconds: number): Promise<void> {
    const end = this.studies.nowMs + seconds * 1_000;
    for (;;) {
      while (await this.work());
      if (this.studies.nowMs >= end) return;
      this.studies.nowMs += 500;
    }
  }

  /** @returns whether anything was due */
  private async work(): Promise<boolean> {
    const claimed = await this.studies.claim('engine', 10, 20_000);
    for (const work of claimed) await this.worker().advance(work, new AbortController().signal, () => false);
    return claimed.length > 0;
  }

  worker(): StudyWorker {
    return new StudyWorker({
      store: this.studies,
      archive: { facts: () => this.read() },
      inference: {
        infer: async (_key, run: StudyRun, _signal, { begun, asked }) => {
          await begun;
          this.order.push('begun');
          this.asked.push(run.name);
          asked();
          return this.answers.shift() ?? ANSWERED;
        },
      },
      results: () => ({
        ahead: () => this.order.push('ahead'),
        make: (work, signal) => {
          this.order.push('make');
          this.made += 1;
          return this.make(work, signal);
        },
      }),
      observer: {
        changed: (routes, state) => this.told.push(`${routes.join('+')} ${state}`),
        ended: (routes, seconds) => this.told.push(`${routes.join('+')} ended after ${String(seconds)} s`),
        failed: (_what, error) => this.failures.push(error),
      },
      routes: this.routes,
      destinations: (_tenant, deliver) => (deliver === 'all' ? ['PACS', 'RIS'] : deliver),
      random: () => 0,
    });
  }
}

describe('a study', () => {
  it('goes from its last instance to its destinations', async () => {
    const world = new World();
    await world.pass(9);
    expect(world.studies.states('1.2')).toEqual(['receiving']);
    await world.pass(2);
    expect(world.studies.states('1.2')).toEqual(['exporting']);
    expect(world.studies.find('1.2')).toMatchObject({
      results: [SR],
      deliveries: [{ destination: 'PACS' }, { destination: 'RIS' }],
    });
    world.studies.settle('1.2', 'delivered');
    await world.pass(3);
    expect(world.studies.states('1.2')).toEqual(['exported']);
    expect(world.told.map((line) => line.replace(/after .*/, 'after a while'))).toEqual([
      'ct complete',
      'ct inferring',
      'ct inferred',
      'ct exporting',
      'ct exported',
      'ct ended after a while',
    ]);
  });

  it('waits as long as instances come', async () => {
    const world = new World();
    for (let minute = 0; minute < 6; minute += 1) {
      await world.pass(8);
      world.studies.arrive('1.2', 1);
    }
    expect(world.asked).toEqual([]);
    await world.pass(11);
    expect(world.asked).toEqual(['tissue']);
  });

  it('waits from the end of the association that brought it', async () => {
    const world = new World();
    world.facts = { ...world.facts, batchEndedAtMs: 15_000 };
    await world.pass(24);
    expect(world.studies.states('1.2')).toEqual(['receiving']);
    await world.pass(2);
    expect(world.studies.states('1.2')).toEqual(['exporting']);
  });

  it('goes when somebody says so', async () => {
    const world = new World();
    await world.pass(1);
    world.studies.go('1.2');
    await world.pass(1);
    expect(world.studies.states('1.2')).toEqual(['exporting']);
  });

  it('that no route takes is skipped, and it is said why', async () => {
    const world = new World();
    world.facts = study([series('1', { attributes: { modality: ['US'] } })]);
    await world.pass(31);
    expect(world.studies.find('1.2')?.why).toEqual({ code: 'no_route', says: 'no route takes US' });
    expect(world.told).toEqual([' skipped', expect.stringContaining('ended after')]);
  });

  it('asks again what cannot be answered now, ever later, and says what it waits for', async () => {
    const world = new World();
    world.answers = [
      { kind: 'later', reason: 'model_loading' },
      { kind: 'later', reason: 'overloaded', afterMs: 30_000 },
    ];
    await world.pass(10);
    expect(world.studies.find('1.2')).toMatchObject({ state: 'inferring', waitsFor: 'model_loading' });
    await world.pass(10);
    expect(world.studies.find('1.2')).toMatchObject({ waitsFor: 'overloaded', attempts: 2 });
    expect(world.asked).toHaveLength(2);
    await world.pass(31);
    expect(world.studies.states('1.2')).toEqual(['exporting']);
  });

  it('fails with a run that cannot be answered, and nothing of it leaves', async () => {
    const world = new World();
    world.answers = [{ kind: 'failed', reason: 'mixed_series', request: 'r-9' }];
    await world.pass(11);
    expect(world.studies.states('1.2')).toEqual(['failed: run_failed']);
    expect(world.studies.find('1.2')?.why?.says).toBe('the run tissue of route ct failed: mixed_series');
    expect(world.made).toBe(0);
  });

  it('delivers what other runs answered, where its route wants that', async () => {
    const world = new World();
    const runs = 'runs: [{ name: a, task: measure }, { name: b, task: segment }]';
    world.routes = [route(`${runs}\nonFailure: deliver-the-rest`)];
    world.answers = [{ kind: 'failed', reason: 'mixed_series' }];
    await world.pass(31);
    expect(world.asked).toEqual(['a', 'b']);
    expect(world.studies.states('1.2')).toEqual(['exporting']);
  });

  it('does without a run that no model is served for, where its route can', async () => {
    const world = new World();
    world.routes = [route('runs: [{ name: a, task: measure }, { name: b, task: segment, optional: true }]')];
    world.answers = [ANSWERED, { kind: 'not_served', reason: 'model_not_found' }];
    await world.pass(31);
    expect(world.studies.find('1.2')).toMatchObject({
      state: 'exporting',
      runs: [{ state: 'answered' }, { state: 'skipped', reason: 'model_not_found' }],
    });
  });

  it('fails where no model is served for any of its runs', async () => {
    const world = new World();
    world.routes = [route('runs: [{ name: a, task: measure, optional: true }]')];
    world.answers = [{ kind: 'not_served', reason: 'model_not_found' }];
    await world.pass(31);
    expect(world.studies.states('1.2')).toEqual(['failed: no_answer']);
  });

  it('fails visibly with a delivery that is dead', async () => {
    const world = new World();
    await world.pass(11);
    world.studies.settle('1.2', 'dead');
    await world.pass(3);
    expect(world.studies.find('1.2')?.why?.says).toBe('not delivered to PACS, RIS');
  });

  it('is answered anew where images come late, and not where they are none that a run sees', async () => {
    const world = new World();
    await world.pass(11);
    world.studies.settle('1.2', 'delivered');
    await world.pass(3);
    world.studies.arrive('1.2', 1);
    await world.pass(11);
    expect(world.studies.states('1.2')).toEqual(['exported', 'skipped: unchanged']);
    world.facts = study([series('1', { instances: images('1', 21) })]);
    world.studies.arrive('1.2', 1);
    await world.pass(11);
    expect(world.studies.states('1.2')).toEqual(['exported', 'skipped: unchanged', 'exporting']);
    expect(world.asked).toHaveLength(2);
  });

  it('has results made again after a mistake, and fails when that does not help', async () => {
    const world = new World();
    world.make = () => Promise.reject(new Error('a mistake'));
    await world.pass(11);
    expect(world.studies.find('1.2')).toMatchObject({ state: 'inferred', waitsFor: 'internal' });
    await world.pass(600);
    expect(world.studies.states('1.2')).toEqual(['failed: results_failed']);
    expect(world.made).toBe(8);
    expect(world.asked).toHaveLength(1);
  });

  it('that was removed from the archive fails, and is not looked at for ever', async () => {
    const world = new World();
    world.read = () => Promise.reject(Object.assign(new Error('gone'), { reason: 'not_found' }));
    await world.pass(600);
    expect(world.studies.find('1.2')?.why).toEqual({
      code: 'unreadable',
      says: 'what it takes could not be read: not_found',
    });
  });

  it('is given up where whoever works on it ends each time, and says so', async () => {
    const world = new World();
    await world.pass(1);
    world.studies.lose('1.2', 5);
    await world.pass(11);
    expect(world.studies.states('1.2')).toEqual(['failed: ends_its_worker']);
    expect(world.asked).toEqual([]);
  });

  it('whose results are on their way is not given up for the ends of gateways', async () => {
    const world = new World();
    await world.pass(11);
    world.studies.lose('1.2', 9);
    world.studies.settle('1.2', 'delivered');
    await world.pass(1);
    expect(world.studies.states('1.2')).toEqual(['exported']);
  });

  it('is let go of once it is complete: how urgent it is decides who is taken next', async () => {
    const world = new World();
    world.studies.nowMs = 11_000;
    const [work] = await world.studies.claim('engine', 1, 20_000);
    if (work === undefined) throw new Error('nothing is due');
    await world.worker().advance(work, new AbortController().signal, () => false);
    expect(world.studies.find('1.2')).toMatchObject({ state: 'complete', leaseUntil: 0, dueAt: 11_000 });
    expect(world.asked).toEqual([]);
  });

  it('goes on with what is complete where nothing else waits for its place, until its results are on their way', async () => {
    const world = new World();
    world.studies.nowMs = 11_000;
    const reads = jest.spyOn(world.studies, 'read');
    const ends = jest.spyOn(world.studies, 'endRun');
    const [work] = await world.studies.claim('engine', 1, 20_000);
    if (work === undefined) throw new Error('nothing is due');
    await world.worker().advance(work, new AbortController().signal, () => true);
    expect(world.studies.find('1.2')).toMatchObject({
      state: 'exporting',
      token: work.token,
      leaseUntil: 0,
      inferredAt: 11_000,
      runs: [{ state: 'answered', request: 'r-1', attempts: 1 }],
    });
    // Each step knows what the one before wrote, and the end of the last run is the end of all.
    expect([reads.mock.calls.length, ends.mock.calls.length]).toEqual([0, 0]);
  });

  it('lets the files of its results be read while its model works, and not before it is asked', async () => {
    const world = new World();
    await world.pass(11);
    expect(world.order).toEqual(['begun', 'ahead', 'make']);
  });

  it('asks nothing where it cannot be put on disk that it asks', async () => {
    const world = new World();
    jest.spyOn(world.studies, 'begin').mockImplementation(() => Promise.reject(new LostLeaseError()));
    await world.pass(11);
    expect(world.asked).toEqual([]);
    expect(world.failures).toEqual([]);
  });

  it('keeps the results of the generation before, of which nothing new came', async () => {
    const world = new World();
    world.make = () => Promise.reject(Object.assign(new Error('away'), { reason: 'unavailable' }));
    await world.pass(11);
    world.studies.arrive('1.2', 1);
    await world.pass(11);
    expect(world.studies.states('1.2')).toEqual(['inferred', 'skipped: unchanged']);
  });

  it('is looked at seldom where its results wait for a destination that is down', async () => {
    const world = new World();
    await world.pass(11);
    const looks = jest.spyOn(world.studies, 'deliveries');
    await world.pass(600);
    expect(looks.mock.calls.length).toBeLessThanOrEqual(3);
  });

  it('waits as long as it takes for an archive that does not answer', async () => {
    const world = new World();
    world.read = () => Promise.reject(Object.assign(new Error('away'), { reason: 'unavailable' }));
    await world.pass(1_200);
    expect(world.studies.find('1.2')).toMatchObject({ state: 'receiving', waitsFor: 'unavailable' });
  });

  it('is left to whoever has it, at the next thing that would be written', async () => {
    const world = new World();
    world.make = () => {
      world.studies.seize('1.2');
      return Promise.resolve([SR]);
    };
    await world.pass(11);
    expect(world.studies.states('1.2')).toEqual(['inferred']);
    expect(world.studies.find('1.2')?.deliveries).toEqual([]);
    expect(world.failures).toEqual([]);
  });

  it('is handed back at once when the engine ends', async () => {
    const world = new World();
    const ending = new AbortController();
    world.make = () => {
      ending.abort();
      return Promise.reject(new Error('aborted'));
    };
    world.studies.nowMs = 11_000;
    for (let turn = 0; turn < 2; turn += 1) {
      const [work] = await world.studies.claim('engine', 1, 20_000);
      if (work === undefined) throw new Error('nothing is due');
      await world.worker().advance(work, ending.signal, () => false);
    }
    expect(world.studies.find('1.2')).toMatchObject({ state: 'inferred', leaseUntil: 0, dueAt: 11_000 });
    expect(world.failures).toEqual([]);
  });
});

describe('a step that is cut off', () => {
  afterEach(() => armFailpoints({}));

  it.each([
    'studies.before-complete',
    'studies.after-complete',
    'studies.before-run',
    'studies.after-run',
    'studies.before-results',
    'studies.after-results',
    'studies.after-export',
  ] as const)('at %s is done again, and the study is exported once', async (point) => {
    armFailpoints({
      MEDSERVE_FAILPOINTS: JSON.stringify({ faults: [{ point, do: 'throw', at: 1 }] }),
      MEDSERVE_FAILPOINTS_ARE_FOR_TESTS: 'yes',
    });
    const world = new World();
    await world.pass(60);
    expect(world.failures).toHaveLength(1);
    world.studies.settle('1.2', 'delivered');
    await world.pass(3);
    expect(world.studies.states('1.2')).toEqual(['exported']);
    expect(world.studies.find('1.2')).toMatchObject({ results: [SR], deliveries: [{}, {}] });
  });
});
