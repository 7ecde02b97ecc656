import { GroupCommit, type GroupLimits } from './group-commit';

const LIMITS: GroupLimits = { groupItems: 4, groupBytes: 1_000, waitingItems: 8, waitingBytes: 2_000 };

const turn = (): Promise<void> => new Promise(setImmediate);

/** A disk that finishes a group when it is told to. */
class Disk {
  readonly groups: string[][] = [];
  private readonly pending: { resolve: (written: boolean[]) => void; reject: (error: Error) => void }[] = [];

  write(group: readonly string[]): Promise<boolean[]> {
    this.groups.push([...group]);
    return new Promise((resolve, reject) => this.pending.push({ resolve, reject }));
  }

  /** The group that waits longest is written, but for `lost`. */
  async done(lost: readonly string[] = []): Promise<void> {
    const group = this.groups[this.groups.length - this.pending.length] ?? [];
    this.pending.shift()?.resolve(group.map((item) => !lost.includes(item)));
    await turn();
    await turn();
  }

  async fail(error: Error): Promise<void> {
    this.pending.shift()?.reject(error);
    await turn();
    await turn();
  }
}

class Poison extends Error {}

const setUp = (limits: Partial<GroupLimits> = {}) => {
  const disk = new Disk();
  const commit = new GroupCommit<string>({
    write: (group) => disk.write(group),
    isOfOneItem: (error) => error instanceof Poison,
    sizeOf: (item) => item.length,
    limits: { ...LIMITS, ...limits },
  });
  return { disk, commit };
};

describe('GroupCommit', () => {
  it('writes what comes alone in that turn, and what comes meanwhile together after it', async () => {
    const { disk, commit } = setUp();
    const alone = commit.submit('a');
    await turn();
    expect(disk.groups).toEqual([['a']]);
    const outcomes = Promise.all([alone, commit.submit('b'), commit.submit('c')]);
    await disk.done();
    expect(disk.groups).toEqual([['a'], ['b', 'c']]);
    await disk.done(['c']);
    expect(await outcomes).toEqual([true, true, false]);
  });

  it('writes together what one turn of the event loop brings, also when it was at rest', async () => {
    const { disk, commit } = setUp();
    const outcomes = [commit.submit('a')];
    await Promise.resolve();
    outcomes.push(commit.submit('b'));
    expect(disk.groups).toEqual([]);
    await turn();
    expect(disk.groups).toEqual([['a', 'b']]);
    await disk.done();
    expect(await Promise.all(outcomes)).toEqual([true, true]);
  });

  it('never makes a group larger than its limits, in items or in bytes, and keeps the order', async () => {
    const { disk, commit } = setUp({ groupBytes: 10 });
    const items = ['1', '2', '3', '4', '5', '6', 'x'.repeat(9), 'y'.repeat(50)];
    const outcomes = Promise.all(items.map((item) => commit.submit(item)));
    while (disk.groups.flat().length < items.length) await disk.done();
    await disk.done();
    await outcomes;
    expect(disk.groups).toEqual([['1', '2', '3', '4'], ['5', '6'], ['x'.repeat(9)], ['y'.repeat(50)]]);
  });

  it('lets an item fail alone that cannot be written, and writes its neighbours', async () => {
    const commit = new GroupCommit<string>({
      write: (group) => (group.includes('bad') ? Promise.reject(new Poison()) : Promise.resolve(group.map(() => true))),
      isOfOneItem: (error) => error instanceof Poison,
      sizeOf: () => 1,
      limits: { ...LIMITS, groupItems: 64, waitingItems: 64 },
    });
    const items = Array.from({ length: 40 }, (_, at) => (at === 23 || at === 24 ? 'bad' : String(at)));
    const outcomes = await Promise.allSettled(items.map((item) => commit.submit(item)));
    expect(outcomes.map(({ status }) => status === 'rejected')).toEqual(items.map((item) => item === 'bad'));
  });

  it('fails the whole group when the connection breaks, once, and goes on with the next', async () => {
    const { disk, commit } = setUp();
    const first = commit.submit('a');
    await turn();
    const group = Promise.allSettled([commit.submit('b'), commit.submit('c')]);
    await disk.done();
    await first;
    await disk.fail(new Error('gone'));
    expect((await group).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = commit.submit('d');
    await turn();
    await disk.done();
    expect(await next).toBe(true);
    expect(disk.groups).toEqual([['a'], ['b', 'c'], ['d']]);
  });

  it('refuses as overloaded when its room is full, by number and by bytes, and sooner who may fill less of it', async () => {
    const { disk, commit } = setUp();
    const taken = [commit.submit('first')];
    await turn();
    for (let count = 0; count < 4; count += 1) taken.push(commit.submit('x'));
    await expect(commit.submit('x', 0.5)).rejects.toMatchObject({ reason: 'overloaded', limit: 'records waiting: 8' });
    for (let count = 0; count < 4; count += 1) taken.push(commit.submit('x'));
    await expect(commit.submit('x')).rejects.toMatchObject({ reason: 'overloaded' });
    for (let count = 0; count < 3; count += 1) await disk.done();
    expect(await Promise.all(taken)).toEqual(taken.map(() => true));

    const holding = commit.submit('again');
    await turn();
    const large = commit.submit('x'.repeat(1_999));
    await expect(commit.submit('xx')).rejects.toMatchObject({ limit: 'bytes of records waiting: 2000' });
    await disk.done();
    await disk.done();
    await Promise.all([holding, large]);
  });

  it('is drained when nothing waits and nothing is on its way', async () => {
    const { disk, commit } = setUp();
    await commit.drained();
    const outcomes = [commit.submit('a')];
    await turn();
    outcomes.push(commit.submit('b'));
    let isDrained = false;
    const drained = commit.drained().then(() => {
      isDrained = true;
    });
    await disk.done();
    expect(isDrained).toBe(false);
    await disk.done();
    await drained;
    expect(await Promise.all(outcomes)).toEqual([true, true]);
  });
});
