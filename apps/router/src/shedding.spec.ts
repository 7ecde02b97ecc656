import { RequestClass } from '@medserve/contracts';
import { FakeReplica, FakeRoom } from './testing/fake-room';

describe('shedding by what is expected', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** A room with five of a class waiting, over a replica that was seen to answer one request every 100 ms. */
  async function busyRoom(requestClass: RequestClass = RequestClass.ROUTINE) {
    const replica = new FakeReplica(0);
    replica.link = 'up';
    replica.limit = 1;
    replica.inFlight = 1;
    replica.latencyMs = 100;
    const room = new FakeRoom(replica, 100);
    for (let count = 0; count < 25; count += 1) void room.ask({ requestClass });
    for (let count = 0; count < 20; count += 1) {
      await jest.advanceTimersByTimeAsync(100);
      room.answer();
    }
    expect(room.room.size).toBe(5);
    return { room };
  }

  it('refuses who would be too late in any case when it comes, and says when the queue will be short enough', async () => {
    const { room } = await busyRoom(RequestClass.STAT);
    // Six to be taken before it has its answer, and the answer: 700 ms, and a margin for what may come between.
    await expect(room.ask({ deadlineMs: 400 })).rejects.toMatchObject({ reason: 'overloaded', retryAfterMs: 475 });
    expect(room.shed).toEqual(['late']);
  });

  it('keeps who will be in time, and a more urgent one that overtakes', async () => {
    const { room } = await busyRoom();
    const patient = room.ask({ deadlineMs: 900 });
    const stat = room.ask({ deadlineMs: 400, requestClass: RequestClass.STAT });
    await jest.advanceTimersByTimeAsync(100);
    room.answer();
    await expect(stat).resolves.toBeDefined();
    for (let count = 0; count < 6; count += 1) {
      await jest.advanceTimersByTimeAsync(100);
      room.answer();
    }
    await expect(patient).resolves.toBeDefined();
    expect(room.shed).toEqual([]);
  });

  it('judges nobody by a host that is gone', async () => {
    const { room } = await busyRoom();
    const { replica } = room;
    for (let count = 0; count < 5; count += 1) {
      await jest.advanceTimersByTimeAsync(100);
      room.answer();
    }
    replica.state = 'ready';
    replica.link = 'none';
    replica.inFlight = 0;
    replica.latencyMs = 5_000;
    // Of the old one it was known that it has a free place every 100 ms only.
    const [first, second] = [room.ask({ deadlineMs: 110 }), room.ask({ deadlineMs: 1_000 })];
    replica.opened();
    await expect(first).resolves.toBeDefined();
    const third = room.ask({ deadlineMs: 110 });
    room.answer();
    room.answer();
    await expect(Promise.all([second, third])).resolves.toHaveLength(2);
    expect(room.shed).toEqual([]);
  });

  it('sends nothing that could not be answered in what is left', async () => {
    const { room } = await busyRoom();
    const squeezed = room.ask({ deadlineMs: 900 });
    const refused = expect(squeezed).rejects.toMatchObject({ reason: 'overloaded' });
    // The replica pauses: what was in time is not any more.
    await jest.advanceTimersByTimeAsync(850);
    for (let count = 0; count < 6; count += 1) room.answer();
    await refused;
    expect(room.shed).toEqual(['late']);
  });
});
