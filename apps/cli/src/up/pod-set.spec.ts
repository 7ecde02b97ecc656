import { PodSet } from './pod-set';

/** A process that serves, fails and ends when the test says so. */
class FakeProcess {
  serve!: () => void;
  fail!: (error: Error) => void;
  end: () => void = () => undefined;
  stoppedWithin: number | undefined;
  isStopped = false;

  start(): Promise<Record<string, string>> {
    return new Promise((resolve, reject) => {
      this.serve = () => {
        resolve({});
      };
      this.fail = reject;
    });
  }

  stop(killAfterMs?: number): Promise<void> {
    this.isStopped = true;
    this.stoppedWithin = killAfterMs;
    return new Promise((resolve) => {
      this.end = resolve;
    });
  }
}

function scene(most: number, first: number) {
  const processes: FakeProcess[] = [];
  const told: (readonly string[])[] = [];
  const serving: string[] = [];
  const failed: string[] = [];
  const names = Array.from({ length: most }, (_, index) => `pod-${String(index + 1)}`);
  const pods = new PodSet(
    {
      names,
      begin: () => {
        const process = new FakeProcess();
        processes.push(process);
        return process;
      },
      drainMs: 30_000,
      onChange: (present) => told.push(present.map(({ address }) => address)),
      onServing: (address) => serving.push(address),
      onFailed: (name) => failed.push(name),
    },
    first,
  );
  const places = names.map((name, index) => ({ name, address: `h:${String(index + 1)}`, environment: {} }));
  return { pods, processes, told, serving, failed, start: () => pods.start(places) };
}

/** Lets everything run that was resolved. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a set of pods', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('starts with the first ones, which are known before they serve', async () => {
    const { pods, processes, told, serving, start } = scene(3, 1);
    const started = start();
    expect(told).toEqual([['h:1']]);
    processes[0]?.serve();
    await started;
    expect(serving).toEqual(['h:1']);
    expect(pods.count).toBe(1);
  });

  it('starts what is missing, and not again what starts already', () => {
    const { pods, processes, told, start } = scene(3, 1);
    void start();
    pods.scaleTo(3);
    pods.scaleTo(3);
    expect(processes).toHaveLength(3);
    expect(told.at(-1)).toEqual(['h:1', 'h:2', 'h:3']);
  });

  it('has no more than there are places for', () => {
    const { pods, processes, start } = scene(2, 1);
    void start();
    pods.scaleTo(9);
    expect(processes).toHaveLength(2);
  });

  it('lets the youngest leave with the time to drain, and knows it until it has gone', async () => {
    const { pods, processes, told, start } = scene(2, 2);
    const started = start();
    for (const process of processes) process.serve();
    await started;
    pods.scaleTo(1);
    expect(processes.map(({ isStopped }) => isStopped)).toEqual([false, true]);
    expect(processes[1]?.stoppedWithin).toBe(30_000);
    expect(told.at(-1)).toEqual(['h:1', 'h:2']);
    expect(pods.count).toBe(1);
    processes[1]?.end();
    await settled();
    expect(told.at(-1)).toEqual(['h:1']);
  });

  it('does not give the place of one that leaves to another', async () => {
    const { pods, processes, start } = scene(1, 1);
    const started = start();
    processes[0]?.serve();
    await started;
    pods.scaleTo(0);
    pods.scaleTo(1);
    expect(processes).toHaveLength(1);
    processes[0]?.end();
    await settled();
    pods.scaleTo(1);
    expect(processes).toHaveLength(2);
  });

  it('lets one leave that does not serve yet', async () => {
    const { pods, processes, serving, start } = scene(2, 1);
    void start();
    pods.scaleTo(2);
    pods.scaleTo(1);
    processes[1]?.serve();
    await settled();
    expect(processes[1]?.isStopped).toBe(true);
    expect(serving).toEqual([]);
  });

  it('says which could not be started, and does not try it again at once', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    const { pods, processes, told, failed, start } = scene(2, 1);
    void start();
    pods.scaleTo(2);
    processes[1]?.fail(new Error('no memory'));
    await settled();
    expect(failed).toEqual(['pod-2']);
    expect(told.at(-1)).toEqual(['h:1']);
    pods.scaleTo(2);
    expect(processes).toHaveLength(2);
    jest.advanceTimersByTime(5_000);
    pods.scaleTo(2);
    expect(processes).toHaveLength(3);
  });

  it('fails to start when one of the first does', async () => {
    const { processes, start } = scene(1, 1);
    const started = start();
    processes[0]?.fail(new Error('no models'));
    await expect(started).rejects.toThrow('no models');
  });

  it('ends all of them, those too that were never told to start, and starts none any more', async () => {
    const { pods, processes } = scene(2, 2);
    const stopped = pods.stop();
    for (const process of processes) process.end();
    await stopped;
    expect(processes.map(({ isStopped }) => isStopped)).toEqual([true, true]);
    pods.scaleTo(2);
    expect(processes).toHaveLength(2);
  });
});
