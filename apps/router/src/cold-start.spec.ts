import { RequestClass } from '@medserve/contracts';
import { ServingError } from '@medserve/errors';
import { FakeReplica, FakeRoom } from './testing/fake-room';

/** A room over a replica whose model is cold. */
function cold(expectedLoadMs: number, limit?: number) {
  const room = new FakeRoom(new FakeReplica(expectedLoadMs), limit);
  const { replica, shed, told } = room;
  return { replica, shed, told, room: room.room, ask: (wish?: Parameters<FakeRoom['ask']>[0]) => room.ask(wish) };
}

describe('a cold start', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('tells who waits how far it is, again and again, never downwards and never that it is finished', async () => {
    const { replica, told, ask } = cold(1_000);
    const seat = ask();
    await jest.advanceTimersByTimeAsync(3_000);
    replica.opened();
    await expect(seat).resolves.toMatchObject({ told: undefined });
    expect(told).toHaveLength(13);
    expect(told[0]).toEqual({ phase: 'loading', percent: 2, expectedMs: 1_000 });
    expect(told[2]).toEqual({ phase: 'loading', percent: 10, expectedMs: 500 });
    const percents = told.map(({ percent }) => percent);
    expect(percents).toEqual([...percents].sort((a, b) => a - b));
    // Below what the host says when it has the request.
    expect(Math.max(...percents)).toBeLessThan(20);
    expect(told.every(({ expectedMs = 0 }) => expectedMs > 0)).toBe(true);
  });

  it('says so when it takes longer than expected', async () => {
    const { replica, told, ask } = cold(1_000);
    const seat = ask();
    await jest.advanceTimersByTimeAsync(8_000);
    expect(told.at(-1)?.expectedMs).toBe(2_000);
    replica.opened();
    await seat;
  });

  it('stops telling when nobody waits any more', async () => {
    const { replica, told, ask } = cold(1_000);
    const seat = ask();
    replica.opened();
    await seat;
    await jest.advanceTimersByTimeAsync(5_000);
    expect(told.length).toBeLessThanOrEqual(2);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('refuses at once who cannot wait as long as it is expected to take, and has the model loaded all the same', async () => {
    const { replica, shed, ask } = cold(5_000);
    await expect(ask({ deadlineMs: 1_000, wantsProgress: false })).rejects.toMatchObject({
      reason: 'model_loading',
      retryAfterMs: 5_000,
    });
    await jest.advanceTimersByTimeAsync(4_500);
    await expect(ask({ deadlineMs: 400, wantsProgress: false })).rejects.toMatchObject({
      reason: 'model_loading',
      retryAfterMs: 1_125,
    });
    expect(replica.openings).toBe(1);
    expect(shed).toEqual(['loading', 'loading']);
  });

  it('is begun once for who was told to come back later', async () => {
    const { replica, room, ask } = cold(5_000);
    room.wake();
    room.wake();
    expect(replica.openings).toBe(1);
    const seat = ask();
    replica.opened();
    await expect(seat).resolves.toBeDefined();
  });

  it('lets a job wait, which hears how far it is', async () => {
    const { replica, ask } = cold(5_000);
    const seat = ask({ deadlineMs: 1_000, wantsProgress: true });
    replica.opened();
    await expect(seat).resolves.toBeDefined();
  });

  it('lets everybody wait while nobody knows how long it takes', async () => {
    const { replica, ask } = cold(0);
    const seat = ask({ deadlineMs: 1_000, wantsProgress: false });
    replica.opened();
    await expect(seat).resolves.toBeDefined();
  });

  it('has a room of limited size, and says when it is worth coming back', async () => {
    const { replica, ask } = cold(5_000, 1);
    const first = expect(ask()).rejects.toMatchObject({ reason: 'model_loading', retryAfterMs: 4_000 });
    await jest.advanceTimersByTimeAsync(1_000);
    await expect(ask()).rejects.toMatchObject({
      reason: 'model_loading',
      retryAfterMs: 4_000,
      limit: 'requests that wait for the model: 1',
    });
    const urgent = ask({ requestClass: RequestClass.STAT });
    await first;
    replica.opened();
    await expect(urgent).resolves.toBeDefined();
  });

  it('asks again once for a host that could not be reached, then tells those who wait', async () => {
    const { replica, ask } = cold(1_000);
    const seats = [ask(), ask()];
    const refused = expect(Promise.all(seats)).rejects.toMatchObject({ reason: 'unavailable' });
    for (const opening of [1, 2]) {
      expect(replica.openings).toBe(opening);
      replica.failed(new ServingError('unavailable', 'It is gone.'));
      await jest.advanceTimersByTimeAsync(0);
    }
    await refused;
    await expect(seats[1]).rejects.toMatchObject({ reason: 'unavailable' });
    expect(replica.openings).toBe(2);
  });

  it('tells those who wait what is wrong with the model', async () => {
    const { replica, ask } = cold(1_000);
    const refused = expect(ask()).rejects.toMatchObject({ reason: 'model_broken' });
    replica.failed(new ServingError('model_broken', 'Its graph cannot be read.'));
    await refused;
    expect(replica.openings).toBe(1);
  });
});
