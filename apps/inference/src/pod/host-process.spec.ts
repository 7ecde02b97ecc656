import { EventEmitter } from 'node:events';
import { HostProcess, type HostChild } from './host-process';

const ORDER = {
  package: { layout: 'medserve', folder: 'm' },
  known: { digest: '', stamps: [] },
  maxQueue: 1,
  warm: false,
  timeoutMs: 1_000,
} as const;

/** A child process of which the test says what happens to it. */
class FakeChild extends EventEmitter {
  connected = true;
  send: (message?: unknown) => boolean = () => true;
  kill: () => boolean = () => true;

  constructor(readonly pid: number | undefined) {
    super();
  }
}

const start = (pid: number | undefined): { child: FakeChild; host: HostProcess } => {
  const child = new FakeChild(pid);
  return { child, host: new HostProcess(child satisfies HostChild) };
};

describe('the process of a model host', () => {
  it('lives through errors of its channel, however many, and ends when it ends', async () => {
    const { child, host } = start(7);
    const loading = host.load(ORDER);
    for (const code of ['EPIPE', 'ERR_IPC_CHANNEL_CLOSED'])
      child.emit('error', Object.assign(new Error(code), { code }));
    expect(host.alive).toBe(true);
    child.emit('exit', null, 'SIGKILL');
    await expect(loading).rejects.toMatchObject({ reason: 'unavailable' });
    await host.exited;
    expect(host.alive).toBe(false);
  });

  it('has ended when it could not be started', async () => {
    const { child, host } = start(undefined);
    child.emit('error', Object.assign(new Error('spawn EAGAIN'), { code: 'EAGAIN' }));
    await host.exited;
    expect(host.alive).toBe(false);
    await expect(host.load(ORDER)).rejects.toMatchObject({ reason: 'unavailable' });
  });

  it('says what it holds from the first report on, and what it does when it has its model', () => {
    const { child, host } = start(7);
    const heard = jest.fn();
    host.onReport = heard;
    child.emit('message', { kind: 'loading', residentBytes: 5 });
    expect([host.residentBytes, host.report]).toEqual([5, undefined]);
    child.emit('message', { kind: 'report', inFlight: 1, queued: 0, idleForMs: 0, residentBytes: 9 });
    expect([host.residentBytes, host.report?.inFlight]).toEqual([9, 1]);
    expect(heard).toHaveBeenCalledTimes(2);
  });

  it('gives back what a leaving host has not begun before the time for it is over, and then kills it', async () => {
    jest.useFakeTimers({ now: 0 });
    try {
      const { child, host } = start(7);
      const told: unknown[] = [];
      child.send = (message?: unknown) => told.push(message) > 0;
      child.kill = jest.fn(() => child.emit('exit', null, 'SIGKILL'));
      const drained = host.drain(1_000);
      expect(told).toEqual([{ kind: 'drain', handBack: false }]);
      jest.advanceTimersByTime(750);
      expect(told.at(-1)).toEqual({ kind: 'drain', handBack: true });
      expect(child.kill).not.toHaveBeenCalled();
      jest.advanceTimersByTime(250);
      await drained;
      expect(child.kill).toHaveBeenCalledTimes(1);
    } finally {
      jest.useRealTimers();
    }
  });
});
