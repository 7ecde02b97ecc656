import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServingError } from '@medserve/errors';
import { loadFleet, parseFleet } from './load-fleet';
import { KIND_DEFAULTS, POOL_KINDS } from './pool-kinds';

const POOL = { name: 'ct', models: ['ct-head:1'], pods: ['127.0.0.1:9000'], slots: 4 };
const fleet = (...pools: object[]): string => JSON.stringify({ version: 1, pools });

/** What is said of a description that cannot be read. */
function complaint(text: string): string {
  try {
    parseFleet(text);
  } catch (error) {
    if (error instanceof ServingError && error.reason === 'invalid_request') return error.message;
    throw error;
  }
  throw new Error('it was read');
}

describe('the description of a fleet', () => {
  it('may be YAML', () => {
    const [pool] = parseFleet(
      'version: 1\npools:\n  - name: ct\n    models: ["*"]\n    pods: ["dns:pods:9000"]\n    slots: 2\n',
    );
    expect(pool).toMatchObject({ name: 'ct', models: ['*'], pods: ['dns:pods:9000'] });
  });

  it.each(POOL_KINDS)('fills in the defaults of a pool of kind %s', (kind) => {
    const [pool] = parseFleet(fleet({ ...POOL, kind }));
    const usual = KIND_DEFAULTS[kind];
    const {
      targetUtilization,
      maxReplicas,
      stableWindowMs,
      panicWindowMs,
      panicThreshold,
      up,
      down,
      lingerMs,
      cooldownMs,
    } = usual;
    expect(pool).toEqual({
      name: 'ct',
      models: ['ct-head:1'],
      accelerator: 'cpu',
      kind,
      pods: ['127.0.0.1:9000'],
      catalogue: undefined,
      unitsPerSlot: 16,
      scaling: {
        slotsPerReplica: 4,
        minReplicas: 0,
        floors: [],
        warmHours: [],
        idleWarmth: 'cold',
        ...{
          targetUtilization,
          maxReplicas,
          stableWindowMs,
          panicWindowMs,
          panicThreshold,
          up,
          down,
          lingerMs,
          cooldownMs,
        },
      },
      waiting: usual.waiting,
      drain: usual.drain,
      startupMs: usual.startupMs,
    });
  });

  it('is a pool of kind cpu unless it says otherwise', () => {
    expect(parseFleet(fleet(POOL))).toEqual(parseFleet(fleet({ ...POOL, kind: 'cpu' })));
  });

  it('takes what is written over the default, seconds as milliseconds and clocks as minutes', () => {
    const [pool] = parseFleet(
      fleet({
        ...POOL,
        replicas: { min: 1, max: 20 },
        stableWindowSeconds: 30,
        up: { replicas: 7 },
        lingerSeconds: 1.5,
        floors: [{ days: ['mon'], from: '07:30', to: '18:00', timeZone: 'Europe/Berlin', replicas: 4 }],
        warmth: [{ from: '22:00', to: '06:00', timeZone: 'UTC', keep: 'cool' }],
        waiting: { requests: 5 },
        drain: { drainSeconds: 9 },
        startupSeconds: 90,
      }),
    );
    const usual = KIND_DEFAULTS.cpu;
    expect(pool).toMatchObject({
      scaling: {
        minReplicas: 1,
        maxReplicas: 20,
        stableWindowMs: 30_000,
        panicWindowMs: usual.panicWindowMs,
        up: { ...usual.up, replicas: 7 },
        lingerMs: 1_500,
        floors: [{ days: ['mon'], fromMinute: 450, toMinute: 1_080, timeZone: 'Europe/Berlin', replicas: 4 }],
        warmHours: [{ fromMinute: 1_320, toMinute: 360, timeZone: 'UTC', warmth: 'cool' }],
      },
      waiting: { requests: 5, forMs: usual.waiting.forMs },
      drain: { settleMs: usual.drain.settleMs, drainMs: 9_000 },
      startupMs: 90_000,
    });
  });

  it('gives a short stable window a panic window that is no longer', () => {
    const [pool] = parseFleet(fleet({ ...POOL, stableWindowSeconds: 3 }));
    expect(pool?.scaling).toMatchObject({ stableWindowMs: 3_000, panicWindowMs: 3_000 });
  });

  it('may keep more than the default has as its most', () => {
    const [pool] = parseFleet(fleet({ ...POOL, replicas: { min: 50 } }));
    expect(pool?.scaling).toMatchObject({ minReplicas: 50, maxReplicas: 50 });
  });

  it.each([
    ['is of another version', JSON.stringify({ version: 2, pools: [POOL] }), 'version'],
    ['has no pools', fleet(), 'pools'],
    ['has a pool without models', fleet({ ...POOL, models: [] }), 'pools[0].models'],
    ['has a model with a space in it', fleet({ ...POOL, models: ['a b'] }), 'pools[0].models[0]'],
    ['has a name with capitals', fleet({ ...POOL, name: 'CT' }), 'pools[0].name'],
    ['has a name of 41 letters', fleet({ ...POOL, name: 'a'.repeat(41) }), 'pools[0].name'],
    ['has a source of pods that is none', fleet({ ...POOL, pods: ['pods'] }), 'pools[0].pods[0]'],
    ['has a port that is none', fleet({ ...POOL, pods: ['dns:pods:65536'] }), 'pools[0].pods[0]'],
    ['has no port', fleet({ ...POOL, pods: ['pods:0'] }), 'pools[0].pods[0]'],
    ['has a kind that is none', fleet({ ...POOL, kind: 'tpu' }), 'pools[0].kind'],
    ['has no slots', fleet({ ...POOL, slots: 0 }), 'pools[0].slots'],
    ['has a target above one', fleet({ ...POOL, targetUtilization: 1.1 }), 'pools[0].targetUtilization'],
    ['has a setting that there is not', fleet({ ...POOL, maxReplica: 3 }), 'maxReplica'],
    ['has more as its least than as its most', fleet({ ...POOL, replicas: { min: 3, max: 2 } }), 'pools[0].replicas'],
    [
      'has a panic window longer than the stable one',
      fleet({ ...POOL, panicWindowSeconds: 61 }),
      'pools[0].panicWindowSeconds',
    ],
    [
      'has a floor above its most',
      fleet({ ...POOL, floors: [{ from: '07:00', to: '08:00', timeZone: 'UTC', replicas: 11 }] }),
      'pools[0].floors',
    ],
    [
      'has a floor at a time that is none',
      fleet({ ...POOL, floors: [{ from: '24:00', to: '08:00', timeZone: 'UTC', replicas: 1 }] }),
      'pools[0].floors[0].from',
    ],
    [
      'has a floor in a time zone that is none',
      fleet({ ...POOL, floors: [{ from: '07:00', to: '08:00', timeZone: 'Mars/Olympus', replicas: 1 }] }),
      'pools[0].floors[0].timeZone',
    ],
    ['keeps a pool hot at zero', fleet({ ...POOL, idleWarmth: 'hot' }), 'pools[0].idleWarmth'],
    ['has two pools of one name', fleet(POOL, POOL), 'two pools named ct'],
  ])('is refused, and told where, when it %s', (_, text, where) => {
    expect(complaint(text)).toContain(where);
  });

  it('tells all mistakes in one message', () => {
    const said = complaint(fleet({ ...POOL, name: 'CT', slots: 0 }, { ...POOL, name: 'mr', kind: 'tpu' }));
    for (const where of ['pools[0].name', 'pools[0].slots', 'pools[1].kind']) expect(said).toContain(where);
  });

  it.each([
    ['is not YAML', 'pools: [', 'not YAML'],
    ['repeats itself by aliases', 'a: &a [x]\nb: [*a, *a]\n', 'not YAML'],
    ['is nothing', '', 'The description of the fleet'],
  ])('is refused when it %s', (_, text, said) => {
    expect(complaint(text)).toContain(said);
  });
});

describe('loadFleet', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fleet-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
  const load = async (text: string) => {
    await writeFile(join(folder, 'fleet.yaml'), text);
    return loadFleet(join(folder, 'fleet.yaml'));
  };

  it('reads files that it names beside itself, wherever it is read from', async () => {
    const [pool] = await load(
      fleet({ ...POOL, pods: ['file:pods.json', 'file:/run/pods.json', '[::1]:1'], catalogue: 'lists/ct.json' }),
    );
    expect(pool?.pods).toEqual([`file:${join(folder, 'pods.json')}`, 'file:/run/pods.json', '[::1]:1']);
    expect(pool?.catalogue).toBe(join(folder, 'lists/ct.json'));
  });

  it('leaves a catalogue that is not named unnamed', async () => {
    expect((await load(fleet(POOL)))[0]?.catalogue).toBeUndefined();
  });

  it('refuses a file that is too long', async () => {
    await expect(load(`#${' '.repeat(4 * 2 ** 20)}`)).rejects.toMatchObject({
      reason: 'invalid_request',
      message: 'The description of the fleet is too long.',
    });
  });

  it('says so when there is no file', async () => {
    await expect(loadFleet(join(folder, 'none.yaml'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
