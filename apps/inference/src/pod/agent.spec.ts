import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServingError } from '@medserve/errors';
import { silentLogger } from '@medserve/runtime';
import { identityOnnx, slowOnnx, writeModelPackage } from '@medserve/testkit';
import { limitsOf, type HostEvent, type InferencePodSettings } from '../settings';
import { Agent } from './agent';
import { Repositories } from './repositories';
import { SentModels } from './sent-models';
import { FakeHosts, type FakeHost } from './testing/fake-hosts';

const MIB = 2 ** 20;
const A = { name: 'a', version: '1' };
const B = { name: 'b', version: '1' };

/** The agent with real packages on disk, hosts that are no processes, and a clock that the test moves. */
describe('the agent of a pod', () => {
  let folder: string;
  let hosts: FakeHosts;
  let events: HostEvent[];
  let agent: Agent;

  async function start(settings: Partial<InferencePodSettings> = {}): Promise<void> {
    const repositories = new Repositories([folder], silentLogger);
    agent = new Agent({
      repositories,
      sentModels: new SentModels(folder),
      found: await repositories.readAll(),
      limits: limitsOf({
        listen: { host: '', port: 0 },
        repositories: [],
        logger: silentLogger,
        zygotes: 0,
        maxResidentBytes: 1_000 * MIB,
        ...settings,
      }),
      keepWarm: settings.keepWarm ?? [],
      logger: silentLogger,
      onHostEvent: (event) => events.push(event),
      spawn: hosts.spawn,
    });
  }
  const newest = (name: string): FakeHost => {
    const host = hosts.of(name).at(-1);
    if (!host) throw new Error('No host was asked to load the model.');
    return host;
  };
  const entryOf = (name: string, version = '1') =>
    agent.models().find((entry) => entry.name === name && entry.version === version);
  const kinds = () => events.map(({ kind }) => kind).filter((kind) => kind !== 'measured');
  /** Until everything that needs no clock and no disk has happened. */
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const write = (name: string, version: string, layers = 1) =>
    writeModelPackage(folder, { name, version, onnx: slowOnnx(2, layers), lines: ['scaling: { idleSeconds: 10 }'] });

  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    folder = await mkdtemp(join(tmpdir(), 'medserve-agent-'));
    for (const name of ['a', 'b']) await write(name, '1');
    hosts = new FakeHosts();
    events = [];
  });
  afterEach(async () => {
    const closing = agent.close(0);
    jest.advanceTimersByTime(1);
    await closing;
    await rm(folder, { recursive: true });
    jest.restoreAllMocks();
    jest.useRealTimers();
  });
  /** As if the agent's process had been stopped: the clock goes on, and no timer runs and nothing is heard meanwhile. */
  const standStill = (forMs: number): void => {
    const clock = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => clock() + forMs);
    jest.advanceTimersByTime(500);
  };
  /** A model that can be told another configuration. */
  const writeTriton = async (name: string): Promise<void> => {
    await mkdir(join(folder, name, '1'), { recursive: true });
    await writeFile(join(folder, name, '1', 'model.onnx'), slowOnnx(2, 1));
  };
  /** Asks for another configuration of the model, which its host then cannot be loaded with. */
  const refuseConfiguration = async (name: string): Promise<void> => {
    const before = hosts.of(name).length;
    hosts.held = true;
    const loading = agent.load({ name, configJson: JSON.stringify({ instance_group: [{ count: 2 }] }) });
    while (hosts.of(name).length === before) await settle();
    newest(name).finishLoading(new ServingError('model_broken', 'No memory for so many instances.'));
    await expect(loading).rejects.toMatchObject({ reason: 'invalid_request' });
    hosts.held = false;
  };

  describe('sharing out memory', () => {
    it('evicts the model that was idle longest, and says for how long it was', async () => {
      await start({ maxResidentBytes: 250 * MIB });
      await write('c', '1');
      await agent.load({ name: 'c' });
      await agent.ensure(A);
      jest.advanceTimersByTime(2_000);
      newest('a').says({ lastUsedAtMs: performance.now() });
      newest('c').says({ lastUsedAtMs: performance.now() - 1_500 });
      await agent.ensure(B);
      expect(entryOf('c')?.state).toBe('cold');
      expect(entryOf('a')?.state).toBe('ready');
      expect(events.find(({ kind }) => kind === 'evicted')).toEqual({ kind: 'evicted', model: 'c', idleMs: 1_500 });
    });

    it('refuses while every model is busy, naming the limit, and never evicts a busy one', async () => {
      await start({ maxHosts: 1 });
      await agent.ensure(A);
      newest('a').says({ inFlight: 1 });
      await expect(agent.ensure(B)).rejects.toMatchObject({ reason: 'overloaded', limit: 'model hosts: 1' });
      newest('a').says({ inFlight: 0 });
      await expect(agent.ensure(B)).resolves.toBeDefined();
      expect(entryOf('a')?.state).toBe('cold');
    });

    it('calls a model that could never fit broken, and does not ask for another try', async () => {
      await start({ maxResidentBytes: 1 });
      await expect(agent.ensure(A)).rejects.toMatchObject({ reason: 'model_broken' });
      expect(hosts.of('a')).toEqual([]);
    });

    it('goes by what was measured, also for a model that is cold', async () => {
      await start();
      await agent.ensure(A);
      newest('a').says({ residentBytes: 700 * MIB });
      newest('a').says({ residentBytes: 10 * MIB, inFlight: 1 });
      expect(entryOf('a')?.residentBytes).toBe(700 * MIB);
      await agent.ensure(B);
      newest('b').says({ residentBytes: 400 * MIB, inFlight: 1 });
      newest('a').says({ lastUsedAtMs: performance.now() - 20_000 });
      await settle();
      expect(entryOf('a')).toMatchObject({ state: 'cold', residentBytes: 700 * MIB });
      await expect(agent.ensure(A)).rejects.toMatchObject({ reason: 'overloaded' });
    });
  });

  describe('memory of hosts that do not serve', () => {
    it('is counted while a host leaves, until it has ended', async () => {
      await start({ maxHosts: 2 });
      await agent.ensure(A);
      hosts.linger = true;
      await write('a', '1', 2);
      await agent.load({ name: 'a' });
      const [old, next] = hosts.of('a');
      next?.says({ inFlight: 1 });
      await expect(agent.ensure(B)).rejects.toMatchObject({ reason: 'overloaded', limit: 'model hosts: 2' });
      old?.kill();
      await settle();
      await expect(agent.ensure(B)).resolves.toBeDefined();
    });

    it('is counted, too, when the version that leaves is gone from the catalogue, and freed when the pod closes', async () => {
      await start({ maxHosts: 2 });
      await agent.ensure(A);
      const [old] = hosts.of('a');
      hosts.linger = true;
      await write('a', '2');
      await rm(join(folder, 'a', '1'), { recursive: true });
      await agent.load({ name: 'a' });
      newest('a').says({ inFlight: 1 });
      await expect(agent.ensure(B)).rejects.toMatchObject({ reason: 'overloaded', limit: 'model hosts: 2' });
      const closing = agent.close(1_000);
      jest.advanceTimersByTime(1_000);
      await closing;
      expect(old?.alive).toBe(false);
    });

    it('is counted while a host waits for the other versions of its model, and freed when they cannot be loaded', async () => {
      for (const version of ['2', '3']) await write('a', version);
      await start({ maxHosts: 2 });
      await expect(agent.load({ name: 'a' })).rejects.toMatchObject({ reason: 'overloaded', limit: 'model hosts: 2' });
      await settle();
      expect(hosts.of('a')).toHaveLength(2);
      expect(hosts.alive).toBe(0);
    });

    it('is limited while a model is being loaded', async () => {
      await start({ maxHostBytes: 300 * MIB });
      hosts.held = true;
      const asked = agent.ensure(A);
      await settle();
      newest('a').holds(300 * MIB);
      expect(newest('a').alive).toBe(true);
      newest('a').holds(300 * MIB + 1);
      await expect(asked).rejects.toMatchObject({
        reason: 'model_broken',
        limit: `memory of a model host: ${String(300 * MIB)} bytes`,
      });
      expect(newest('a').alive).toBe(false);
      expect(kinds()).toEqual(['failed']);
      expect(hosts.of('a')).toHaveLength(1);
    });
  });

  it('does not take its own standstill for the silence of a host, and takes silence after it for what it is', async () => {
    await start();
    await agent.ensure(A);
    newest('a').says({ inFlight: 1, running: { sinceMs: performance.now(), deadlineMs: 100 } });
    standStill(10_600);
    expect(newest('a').alive).toBe(true);
    jest.advanceTimersByTime(10_500);
    expect(hosts.of('a')[0]?.alive).toBe(false);
  });

  describe('idle models', () => {
    it('are unloaded after their time, and those that are to stay warm are not', async () => {
      await start({ keepWarm: ['a'] });
      await settle();
      expect(entryOf('a')?.state).toBe('ready');
      await agent.ensure(B);
      const lastUsedAtMs = performance.now() - 10_001;
      newest('a').says({ lastUsedAtMs });
      newest('b').says({ lastUsedAtMs });
      expect([entryOf('a')?.state, entryOf('b')?.state]).toEqual(['ready', 'cold']);
    });

    it('that are to stay warm are not evicted', async () => {
      await start({ keepWarm: ['a'], maxHosts: 1 });
      await settle();
      await expect(agent.ensure(B)).rejects.toMatchObject({ reason: 'model_broken', limit: 'model hosts: 1' });
    });
  });

  describe('a run that nobody waits for any more', () => {
    const held = { inFlight: 2, queued: 1 };

    it('makes way for those who wait: another host first, then the waiting requests, then the end of the old one', async () => {
      await start();
      await agent.ensure(A);
      const [old] = hosts.of('a');
      hosts.held = true;
      old?.says({ ...held, abandonedSinceMs: performance.now() - 300 });
      await settle();
      expect([hosts.of('a').length, old?.alive]).toEqual([2, true]);
      await expect(agent.ensure(A)).resolves.toMatchObject({ address: `host:${String(old?.pid)}` });
      newest('a').finishLoading();
      await settle();
      await expect(agent.ensure(A)).resolves.toMatchObject({ address: `host:${String(newest('a').pid)}` });
      expect(old?.drained).toEqual({ graceMs: 60_000, handBack: true });
      expect(kinds()).toEqual(['started', 'started', 'replaced']);
    });

    it('is not tried to be got out of the way again while the model is known not to load', async () => {
      await start({ retryPauseMs: 5_000 });
      await agent.ensure(A);
      const [old] = hosts.of('a');
      hosts.held = true;
      old?.says({ ...held, abandonedSinceMs: performance.now() - 300 });
      await settle();
      newest('a').finishLoading(new ServingError('model_broken', 'ONNX Runtime cannot load the model file.'));
      await settle();
      old?.says({ ...held, abandonedSinceMs: performance.now() - 800 });
      await settle();
      expect(hosts.of('a')).toHaveLength(2);
    });

    it('goes on when starting another host would take longer', async () => {
      await start();
      hosts.held = true;
      const asked = agent.ensure(A);
      await settle();
      jest.advanceTimersByTime(5_000);
      newest('a').finishLoading();
      await asked;
      newest('a').says({ ...held, abandonedSinceMs: performance.now() - 4_000 });
      await settle();
      expect(hosts.of('a')).toHaveLength(1);
    });
  });

  it('hands the waiting requests of a host whose run never ends to its successor', async () => {
    await start();
    await agent.ensure(A);
    const [old] = hosts.of('a');
    old?.says({ inFlight: 2, queued: 1, running: { sinceMs: performance.now() - 2_001, deadlineMs: 500 } });
    await expect(agent.ensure(A)).resolves.toMatchObject({ address: `host:${String(newest('a').pid)}` });
    expect(old?.drained).toEqual({ graceMs: 2_000, handBack: true });
    expect(kinds()).toEqual(['started', 'died', 'started']);
  });

  it('says why a host died: killed for its memory, for a run that never ends, or not by the pod', async () => {
    await start({ maxHostBytes: 300 * MIB });
    await agent.ensure(A);
    newest('a').says({ residentBytes: 301 * MIB });
    await agent.ensure(A);
    newest('a').says({ inFlight: 1, running: { sinceMs: performance.now() - 2_001, deadlineMs: 500 } });
    await agent.ensure(A);
    newest('a').kill();
    await settle();
    const causes = events.flatMap((event) => (event.kind === 'died' ? [event.why] : []));
    expect(causes).toEqual(['memory', 'overrun', 'ended']);
  });

  it('calls a model broken for a while whose host dies again and again', async () => {
    await start({ retryPauseMs: 5_000 });
    await agent.ensure(A);
    for (let death = 0; death < 4; death += 1) {
      newest('a').kill();
      await settle();
    }
    await expect(agent.ensure(A)).rejects.toMatchObject({ reason: 'model_broken', retryAfterMs: 5_000 });
    jest.advanceTimersByTime(5_000);
    await expect(agent.ensure(A)).resolves.toBeDefined();
  });

  it('says how long loading will take, learns it, and counts down while it loads', async () => {
    await start();
    const guessedMs = entryOf('a')?.expectedLoadMs ?? 0;
    expect(guessedMs).toBeGreaterThan(0);
    hosts.held = true;
    const asked = agent.ensure(A);
    await settle();
    jest.advanceTimersByTime(20);
    expect(entryOf('a')).toMatchObject({ state: 'loading', expectedLoadMs: guessedMs - 20 });
    jest.advanceTimersByTime(780);
    expect(entryOf('a')).toMatchObject({ state: 'loading', expectedLoadMs: 1 });
    newest('a').finishLoading();
    await asked;
    expect(entryOf('a')).toMatchObject({ state: 'ready', expectedLoadMs: 800 });
    expect(events).toContainEqual({ kind: 'started', model: 'a', loadMs: 800 });
  });

  it('runs a model once before it serves, unless a request waits to be that run', async () => {
    await start({ keepWarm: ['b'] });
    await agent.ensure(A);
    await settle();
    expect([newest('a').order?.warm, newest('b').order?.warm]).toEqual([false, true]);
    await write('a', '1', 2);
    await agent.load({ name: 'a' });
    expect(newest('a').order?.warm).toBe(true);
  });

  it('says that a load is done when the host before begins nothing new, for which it waits two seconds at most', async () => {
    await start();
    await agent.ensure(A);
    hosts.deaf = true;
    for (const [layers, hears] of [
      [2, true],
      [3, false],
    ] as const) {
      const before = newest('a');
      await write('a', '1', layers);
      let isDone = false;
      const loading = agent.load({ name: 'a' }).then(() => {
        isDone = true;
      });
      while (before.drained === undefined) await settle();
      await settle();
      expect(isDone).toBe(false);
      if (hears) before.hears();
      else jest.advanceTimersByTime(2_000);
      await loading;
      expect(before.alive).toBe(true);
    }
  });

  describe('loading on request', () => {
    it('makes a model ready, and does nothing when it is and nothing changed', async () => {
      await start();
      await agent.load({ name: 'a' });
      expect(entryOf('a')?.state).toBe('ready');
      await agent.load({ name: 'a' });
      expect(hosts.of('a')).toHaveLength(1);
    });

    it('serves changed files when their host is warm; until then, what served before', async () => {
      await start();
      await agent.ensure(A);
      const before = entryOf('a')?.digest;
      await write('a', '1', 2);
      hosts.held = true;
      const loading = agent.load({ name: 'a' });
      while (hosts.of('a').length < 2) await settle();
      const [old, next] = hosts.of('a');
      await expect(agent.ensure(A)).resolves.toMatchObject({ address: `host:${String(old?.pid)}` });
      expect(entryOf('a')).toMatchObject({ state: 'ready', digest: before });
      next?.finishLoading();
      await loading;
      await expect(agent.ensure(A)).resolves.toMatchObject({ address: `host:${String(next?.pid)}` });
      expect(entryOf('a')?.digest).not.toBe(before);
      expect(old?.drained).toEqual({ graceMs: 60_000, handBack: false });
      expect(kinds()).toEqual(['started', 'started', 'replaced']);
    });

    it('leaves what serves in service when the new files cannot be loaded, and says why, with the name', async () => {
      await start();
      await agent.ensure(A);
      await write('a', '1', 2);
      hosts.held = true;
      const loading = agent.load({ name: 'a' });
      while (hosts.of('a').length < 2) await settle();
      newest('a').finishLoading(new ServingError('model_broken', 'ONNX Runtime cannot load the model file.'));
      await expect(loading).rejects.toMatchObject({
        reason: 'model_broken',
        message: 'The model a cannot be loaded: ONNX Runtime cannot load the model file.',
      });
      const [old] = hosts.of('a');
      await expect(agent.ensure(A)).resolves.toMatchObject({ address: `host:${String(old?.pid)}` });
      old?.says({ lastUsedAtMs: performance.now() - 1e9 });
      expect(entryOf('a')?.state).toBe('ready');
    });

    it('goes by what the files of now took to load, not by what others did before', async () => {
      await start();
      hosts.held = true;
      const asked = agent.ensure(A);
      await settle();
      jest.advanceTimersByTime(800);
      newest('a').finishLoading();
      await asked;
      hosts.held = false;
      await write('a', '1', 2);
      await agent.load({ name: 'a' });
      expect(entryOf('a')?.expectedLoadMs).toBe(0);
    });

    it('does not hold a refused configuration against the model as it is', async () => {
      await writeTriton('t');
      await start();
      await refuseConfiguration('t');
      expect(entryOf('t')?.state).toBe('cold');
      await expect(agent.ensure({ name: 't', version: '1' })).resolves.toBeDefined();
    });

    it('unloads an idle model after a configuration was refused: its files are still there', async () => {
      await writeTriton('t');
      await start();
      await agent.load({ name: 't' });
      await refuseConfiguration('t');
      hosts.of('t')[0]?.says({ lastUsedAtMs: performance.now() - 1e9 });
      expect(entryOf('t')?.state).toBe('cold');
    });

    it('spares a host whose files are gone only for as long as it lives', async () => {
      await start();
      await agent.ensure(A);
      await write('a', '1', 2);
      hosts.held = true;
      const loading = agent.load({ name: 'a' });
      while (hosts.of('a').length < 2) await settle();
      newest('a').finishLoading(new ServingError('model_broken', 'ONNX Runtime cannot load the model file.'));
      await expect(loading).rejects.toMatchObject({ reason: 'model_broken' });
      hosts.held = false;
      hosts.of('a')[0]?.kill();
      await settle();
      newest('a').says({ lastUsedAtMs: performance.now() - 1e9 });
      expect(entryOf('a')?.state).toBe('cold');
    });

    it('keeps a version that is being started when what was read anew is broken', async () => {
      await start();
      hosts.held = true;
      const asked = agent.ensure(A);
      await settle();
      await rm(join(folder, 'a', '1'), { recursive: true });
      await writeModelPackage(folder, { name: 'a', version: '2', onnx: identityOnnx(), lines: ['engine_: none'] });
      await expect(agent.load({ name: 'a' })).rejects.toMatchObject({ reason: 'model_broken' });
      expect(entryOf('a')?.state).toBe('loading');
      newest('a').finishLoading();
      await asked;
      expect(entryOf('a')?.state).toBe('ready');
    });

    it('shows what is wrong with new files of a cold model, and does not try them again at once', async () => {
      await start();
      await write('a', '1', 2);
      hosts.held = true;
      const loading = agent.load({ name: 'a' });
      while (hosts.of('a').length === 0) await settle();
      newest('a').finishLoading(new ServingError('model_broken', 'ONNX Runtime cannot load the model file.'));
      await expect(loading).rejects.toMatchObject({ reason: 'model_broken' });
      expect(entryOf('a')).toMatchObject({ state: 'broken', reason: 'ONNX Runtime cannot load the model file.' });
      await expect(agent.ensure(A)).rejects.toMatchObject({ reason: 'model_broken', retryAfterMs: 30_000 });
    });

    it('serves all new versions or none', async () => {
      await start();
      await agent.ensure(A);
      await write('a', '2');
      await writeModelPackage(folder, { name: 'a', version: '3', onnx: identityOnnx(), lines: ['engine_: none'] });
      await expect(agent.load({ name: 'a' })).rejects.toMatchObject({ reason: 'model_broken' });
      expect(agent.models().map(({ name, version }) => name + version)).toEqual(['a1', 'b1']);
      await rm(join(folder, 'a', '3'), { recursive: true });
      await agent.load({ name: 'a' });
      expect(entryOf('a', '2')?.state).toBe('ready');
    });

    it('takes versions that are gone out of the catalogue', async () => {
      await write('a', '2');
      await start();
      await agent.load({ name: 'a' });
      await rm(join(folder, 'a', '1'), { recursive: true });
      await agent.load({ name: 'a' });
      expect(agent.models().map(({ name, version }) => name + version)).toEqual(['a2', 'b1']);
      await expect(agent.ensure(A)).rejects.toMatchObject({ reason: 'model_not_found' });
    });

    it.each(['nothing', '../a', 'a/..', '..', '.', '', '/etc', 'a\0'])('knows no model %j', async (name) => {
      await start();
      await expect(agent.load({ name })).rejects.toMatchObject({ reason: 'model_not_found' });
    });

    it('has whoever asks for a model that is new wait until it is ready', async () => {
      await start();
      await write('c', '1');
      hosts.held = true;
      const loading = agent.load({ name: 'c' });
      while (hosts.of('c').length === 0) await settle();
      const asked = agent.ensure({ name: 'c', version: '1' });
      expect(entryOf('c')).toBeUndefined();
      newest('c').finishLoading();
      await loading;
      await expect(asked).resolves.toMatchObject({ address: `host:${String(newest('c').pid)}` });
      expect(hosts.of('c')).toHaveLength(1);
    });
  });

  describe('unloading on request', () => {
    it('takes a model out of service until it is loaded again', async () => {
      await start();
      await agent.ensure(A);
      await agent.unload('a');
      expect(entryOf('a')).toMatchObject({ state: 'unloaded', reason: 'unloaded on request' });
      await expect(agent.ensure(A)).rejects.toMatchObject({ reason: 'model_unloaded' });
      await agent.unload('a');
      await agent.load({ name: 'a' });
      await expect(agent.ensure(A)).resolves.toBeDefined();
    });

    it('leaves it out of service when it cannot be loaded again, with all its versions', async () => {
      await start();
      await agent.unload('a');
      await writeModelPackage(folder, { name: 'a', version: '2', onnx: identityOnnx(), lines: ['engine_: none'] });
      await expect(agent.load({ name: 'a' })).rejects.toMatchObject({ reason: 'model_broken' });
      await expect(agent.ensure(A)).rejects.toMatchObject({ reason: 'model_unloaded' });
      expect([entryOf('a')?.state, entryOf('a', '2')?.state]).toEqual(['unloaded', 'unloaded']);
    });

    it('ends a start under way, and those who waited for it are told', async () => {
      await start();
      hosts.held = true;
      const asked = agent.ensure(A);
      await settle();
      await Promise.all([agent.unload('a'), expect(asked).rejects.toMatchObject({ reason: 'model_unloaded' })]);
      expect(newest('a').alive).toBe(false);
      expect(entryOf('a')?.state).toBe('unloaded');
    });

    it('waits for a load of the model that came before, and then ends what that started', async () => {
      await start();
      hosts.held = true;
      const loading = agent.load({ name: 'a' });
      const unloading = agent.unload('a');
      while (hosts.of('a').length === 0) await settle();
      newest('a').finishLoading();
      await Promise.all([loading, unloading]);
      expect(newest('a').alive).toBe(false);
      expect(entryOf('a')?.state).toBe('unloaded');
    });

    it('knows no model of another name', async () => {
      await start();
      await expect(agent.unload('nothing')).rejects.toMatchObject({ reason: 'model_not_found' });
    });
  });
});
