import { encodeEvent, newEventId, type EventMessage, type LedgerEvent, type RecordEvent } from '@medserve/events';
import { noopInstruments, silentLogger, type MonitorInstruments } from '@medserve/runtime';
import { DRIFT_RULES } from '@medserve/serving';
import { openStorage, type MonitorStore, type Storage } from '@medserve/storage';
import { recordEvent, startTestServer, type TestDatabase, type TestServer } from '@medserve/testkit';
import { Monitor } from './monitor';

const PLAN = { referenceSamples: 100, windowSamples: 100, leastSamples: 40 };

const messageOf = (event: LedgerEvent): EventMessage => ({ id: event.id, key: event.id, bytes: encodeEvent(event) });

/** Numbers that look drawn and are the same each time. */
const drawn = (at: number): number => (at * 0.618_033_988_75) % 1;

const answer = (at: number, fields: Partial<RecordEvent> = {}, mean = 100 + 20 * drawn(at)): RecordEvent =>
  recordEvent({
    event: 'completed',
    tenant: 'home',
    site: 'north',
    task: 'classify',
    modality: 'radiology',
    decision: 'answered',
    model: { name: 'organ', version: '1', digest: 'sha256:1' },
    observed: {
      scores: [Math.round((0.5 + drawn(at * 7) / 2) * 1_000) / 1_000],
      label: at % 3 === 0 ? 'liver' : 'spleen',
      input: {
        rows: 64,
        columns: 64,
        slices: 1,
        values: 'stored',
        mean,
        sd: 10 + drawn(at * 3),
        clipped: 0.1,
        spacing: 'fine',
      },
      scanner: 'ge:signa',
      runMs: 10,
    },
    ...fields,
  });

describe('Monitor', () => {
  let server: TestServer;
  let database: TestDatabase;
  let storage: Storage;

  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);
  afterAll(() => server.stop(), 30_000);
  beforeEach(async () => {
    database = await server.database();
    storage = await openStorage({ url: database.url, poolSize: 3, applicationName: 'spec', role: 'monitor' });
  }, 30_000);
  afterEach(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  async function begin(store: MonitorStore = storage.monitor) {
    const { monitor: instruments } = noopInstruments();
    const parts = { store, instruments, logger: silentLogger, plan: PLAN, rules: DRIFT_RULES, nowMs: () => Date.now() };
    const monitor = await Monitor.resume(parts);
    const take = (events: readonly LedgerEvent[]) => monitor.take(events.map(messageOf));
    return { monitor, instruments, take };
  }

  const shown = async (instruments: MonitorInstruments): Promise<unknown> => {
    const names = [
      'results',
      'turnaroundSeconds',
      'labels',
      'score',
      'inputs',
      'inputQuality',
      'reviewed',
      'runSeconds',
    ] as const;
    const all = await Promise.all(names.map(async (name) => (await instruments[name].get()).values));
    return all.map((values) =>
      values
        .map(({ labels, value, ...rest }) => [rest, Object.entries(labels).sort(), value.toFixed(6)])
        .map((line) => JSON.stringify(line))
        .sort(),
    );
  };
  const sum = async (instruments: MonitorInstruments, name: 'results' | 'reviewed' | 'labels'): Promise<number> =>
    (await instruments[name].get()).values.reduce((total, { value }) => total + value, 0);

  const drifted = async (instruments: MonitorInstruments): Promise<string[]> =>
    (await instruments.drifted.get()).values
      .filter(({ value }) => value === 1)
      .map(({ labels }) => [labels.model, labels.site, labels.scanner, labels.signal].join(' '));

  const many = (count: number, of: (at: number) => RecordEvent): RecordEvent[] =>
    Array.from({ length: count }, (_, at) => of(at));

  it('counts each event once, in however many batches it comes', async () => {
    const { take, instruments } = await begin();
    const events = many(30, (at) => answer(at));
    await take(events);
    await Promise.all([take(events.slice(10)), take([...events.slice(0, 20), answer(99)])]);
    expect(await sum(instruments, 'results')).toBe(31);
  });

  it('shows after a restart what it showed before, to the last bucket', async () => {
    const before = await begin();
    await before.take(many(60, (at) => answer(at, at % 2 === 0 ? {} : { site: 'south' })));
    const after = await begin();
    expect(await shown(after.instruments)).toEqual(await shown(before.instruments));
    const more = many(10, (at) => answer(at + 60));
    await before.take(more);
    await after.take(more);
    const again = await begin();
    expect(await shown(again.instruments)).toEqual(await shown(before.instruments));
  });

  it('counts what a commit left in doubt neither twice nor never', async () => {
    const store = storage.monitor;
    let isLost = false;
    const doubtful = new Proxy(store, {
      get: (target, name) => {
        if (name !== 'count') return (target[name as keyof MonitorStore] as () => unknown).bind(target);
        return async (...given: Parameters<MonitorStore['count']>) => {
          const done = await target.count(...given);
          if (!isLost) return done;
          isLost = false;
          throw new Error('the answer to the commit was lost');
        };
      },
    });
    const { take, instruments } = await begin(doubtful);
    const events = many(5, (at) => answer(at));
    await take([answer(50)]);
    isLost = true;
    await expect(take(events)).rejects.toThrow('was lost');
    await take(events);
    expect(await sum(instruments, 'results')).toBe(6);
    expect(await shown((await begin()).instruments)).toEqual(await shown(instruments));
  });

  it('loses nothing that a series saw while another counted, and still does', async () => {
    const [one, other] = [await begin(), await begin()];
    const events = many(60, (at) => answer(at));
    await one.take(events.slice(0, 20));
    await other.take(events.slice(20, 40));
    await one.take(events.slice(40));
    const learnt = (await storage.monitor.series()).map(({ state }) => (state as { values: unknown[] }).values.length);
    expect(learnt).toEqual(new Array(7).fill(60));
    expect(await sum(one.instruments, 'results')).toBe(60);
  });

  it('shows nothing once it has left', async () => {
    const { take, monitor, instruments } = await begin();
    await take(many(150, (at) => answer(at)));
    await monitor.look();
    await monitor.leave();
    expect((await shown(instruments)) as unknown[]).toEqual(new Array(8).fill([]));
    for (const name of ['windowSamples', 'driftPsi', 'driftThreshold', 'driftKs', 'drifted'] as const)
      expect((await instruments[name].get()).values).toEqual([]);
  });

  it('says how far it is behind while what came cannot be counted, and that it is not where nothing came', async () => {
    let isAway = true;
    const away = new Proxy(storage.monitor, {
      get: (target, name) => {
        if (name === 'count' && isAway) return () => Promise.reject(new Error('away'));
        return (target[name as keyof MonitorStore] as () => unknown).bind(target);
      },
    });
    const { take, monitor, instruments } = await begin(away);
    const behind = async (): Promise<number> => {
      await monitor.look();
      return (await instruments.behindSeconds.get()).values[0]?.value ?? NaN;
    };
    const old = answer(1, { at: new Date(Date.now() - 600_000).toISOString() });
    for (let times = 0; times < 2; times += 1) {
      await expect(take([old])).rejects.toThrow('away');
      expect(await behind()).toBeGreaterThan(599);
    }
    isAway = false;
    await take([answer(2)]);
    expect(await behind()).toBeLessThan(60);
    expect(await behind()).toBe(0);
  });

  it('says what drifts where it does, and nowhere else', async () => {
    const { take, monitor, instruments } = await begin();
    const places = [
      ['north', 'ge:signa'],
      ['north', 'siemens:aera'],
      ['south', 'ge:signa'],
    ] as const;
    const from = (begin: number, mean?: (place: string, at: number) => number | undefined): RecordEvent[] =>
      places.flatMap(([site, scanner]) =>
        many(100, (index) => {
          const at = begin + index;
          const event = answer(at, { site }, mean?.(site, at));
          return { ...event, observed: { ...event.observed, scanner } };
        }),
      );
    await take(from(0));
    await take(from(100));
    await monitor.look();
    expect(await drifted(instruments)).toEqual([]);
    await take(from(200, (place, at) => (place === 'south' ? 140 + 20 * drawn(at) : undefined)));
    await monitor.look();
    expect(await drifted(instruments)).toEqual(['organ south ge:signa input_mean']);
    const again = await begin();
    await again.monitor.look();
    expect(await drifted(again.instruments)).toEqual(['organ south ge:signa input_mean']);
    expect(
      (await storage.monitor.series()).find(({ site, signal }) => site === 'south' && signal === 'input_mean'),
    ).toMatchObject({
      verdict: { hasDrifted: true, windowSamples: 100 },
    });
  }, 60_000);

  it('learns anew what it is asked to, from the next answers on', async () => {
    const { take, monitor, instruments } = await begin();
    const high = (at: number): RecordEvent => answer(at, {}, 200 + drawn(at));
    await take(many(100, (at) => answer(at)));
    await take(many(60, high));
    await monitor.look();
    expect(await drifted(instruments)).toEqual(['organ north ge:signa input_mean']);
    await storage.monitor.askToRelearn('organ');
    await monitor.look();
    await take(many(160, high));
    await monitor.look();
    expect(await drifted(instruments)).toEqual([]);
    expect((await instruments.windowSamples.get()).values.map(({ value }) => value)).toEqual(new Array(7).fill(60));
  });

  it('measures how scores agree with what people say of answers', async () => {
    const { take, monitor, instruments } = await begin();
    const answers = many(40, (at) => answer(at, { observed: { scores: [0.9] } }));
    const reviews = answers.map(({ request }, at): LedgerEvent => ({
      id: newEventId(),
      schema: 1,
      event: at % 2 === 0 ? 'result_attested' : 'result_overridden',
      at: new Date().toISOString(),
      tenant: 'home',
      actor: 'reader',
      subject: `result:${request}`,
      outcome: 'success',
      facts: at % 2 === 0 ? {} : { why: 'wrong_finding' },
    }));
    await take(reviews.slice(0, 10));
    await take(answers);
    await take(reviews);
    await monitor.look();
    expect((await instruments.calibrationError.get()).values).toEqual([
      { labels: { model: 'organ', version: '1', site: 'north' }, value: expect.closeTo(0.4, 6) as number },
    ]);
    expect((await instruments.calibrationThreshold.get()).values).toEqual([
      { labels: { model: 'organ', version: '1', site: 'north' }, value: 0.15 },
    ]);
    expect(await sum(instruments, 'reviewed')).toBe(40);
  });

  it('counts an answer once however often it is reviewed: at its place by the latest verdict', async () => {
    const { take, instruments } = await begin();
    const reviewed = [answer(1), answer(2)];
    const review = ({ request }: RecordEvent, event: 'result_attested' | 'result_overridden'): LedgerEvent => ({
      id: newEventId(),
      schema: 1,
      event,
      at: new Date().toISOString(),
      tenant: 'home',
      actor: 'reader',
      subject: `result:${request}`,
      outcome: 'success',
      facts: event === 'result_attested' ? {} : { why: 'wrong_finding' },
    });
    await take(reviewed);
    for (const event of ['result_attested', 'result_overridden', 'result_attested', 'result_attested'] as const)
      await take([review(reviewed[0] as RecordEvent, event)]);
    for (const event of ['result_attested', 'result_overridden'] as const)
      await take([review(reviewed[1] as RecordEvent, event)]);
    const places = (await storage.monitor.totals()).filter(({ name }) => name === 'places');
    const rates = places.map(({ labels, value }) => `${labels['what'] ?? ''} ${String(value)}`).sort();
    expect(rates).toEqual(['answered 2', 'attested 1', 'overridden 1']);
    expect(await sum(instruments, 'reviewed')).toBe(2);
    const again = await begin();
    expect(await sum(again.instruments, 'reviewed')).toBe(2);
  });

  it('passes over what is no event, and what is of no interest', async () => {
    const { monitor, instruments } = await begin();
    const odd = ['', 'null', '7', '{}', '{"event":"completed"}', '{"event":"completed","note":"Jane Doe"}'];
    await monitor.take(odd.map((text) => ({ id: newEventId(), key: 'k', bytes: Buffer.from(text) })));
    await monitor.take([messageOf(recordEvent())]);
    expect(await sum(instruments, 'results')).toBe(0);
    expect((await instruments.eventsRead.get()).values[0]?.value).toBe(7);
  });
});
