import type { Origin, StoreOutcome } from '@medserve/archive';
import { ServingError } from '@medserve/errors';
import { storeParts, type Store, type StoreJob } from './store-instances';

const origin: Origin = { tenant: 'home', door: 'stow', sender: 'tester', batch: '1' };
const junk: StoreOutcome = { kind: 'refused', refusal: { status: 0xc000, reason: 'cannot_understand' } };

const body = (...parts: readonly string[]): Buffer =>
  Buffer.from(`${parts.map((part) => `--b\r\n\r\n${part}\r\n`).join('')}--b--`);

// oxlint-disable-next-line typescript/require-await -- a body arrives piece by piece
async function* arriving(...chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

class FakeStore implements Store {
  readonly files: string[] = [];
  running = 0;
  most = 0;

  constructor(private readonly answer: (file: string) => StoreOutcome = () => junk) {}

  async put(_origin: Origin, file: Buffer): Promise<StoreOutcome> {
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    await new Promise(setImmediate);
    this.running -= 1;
    this.files.push(file.toString());
    return this.answer(file.toString());
  }

  batchEnded(): Promise<void> {
    return Promise.resolve();
  }
}

function job(limit = Infinity): StoreJob & { held: number } {
  const counted = { origin, studyUid: undefined, held: 0, hold: (bytes: number) => hold(bytes) };
  const hold = (bytes: number): (() => void) => {
    if (counted.held + bytes > limit) throw new ServingError('overloaded', 'Full.');
    counted.held += bytes;
    return () => {
      counted.held -= bytes;
    };
  };
  return counted;
}

describe('storing the parts of a body', () => {
  it('gives each part its outcome, in their order, and gives back all that it held', async () => {
    const store = new FakeStore();
    const counted = job();
    const bytes = body('one', 'two', 'three');
    const outcomes = await storeParts(arriving(bytes.subarray(0, 20), bytes.subarray(20)), 'b', store, counted);
    expect(outcomes).toEqual([junk, junk, junk]);
    expect(store.files.sort()).toEqual(['one', 'three', 'two']);
    expect(counted.held).toBe(0);
  });

  it('stores a bounded number at a time', async () => {
    const store = new FakeStore();
    await storeParts(arriving(body(...Array.from({ length: 100 }, String))), 'b', store, job());
    expect(store.files).toHaveLength(100);
    expect(store.most).toBe(16);
  });

  it('keeps what came whole and tells of the part that was cut off', async () => {
    const store = new FakeStore();
    const cut = Buffer.from('--b\r\n\r\none\r\n--b\r\n\r\ntw');
    expect(await storeParts(arriving(cut), 'b', store, job())).toEqual([junk, { kind: 'unfinished', status: 0xc000 }]);
    expect(store.files).toEqual(['one']);
  });

  it('does not take a part of another type', async () => {
    const store = new FakeStore();
    const part = Buffer.from('--b\r\nContent-Type: image/png\r\n\r\none\r\n--b--');
    expect(await storeParts(arriving(part), 'b', store, job())).toEqual([{ kind: 'unfinished', status: 0xc000 }]);
    expect(store.files).toEqual([]);
  });

  it('tells of a part that could not be stored now, beside the others', async () => {
    const store = new FakeStore((file) => {
      if (file === 'two') throw new ServingError('unavailable', 'The database is away.');
      return junk;
    });
    expect(await storeParts(arriving(body('one', 'two')), 'b', store, job())).toEqual([
      junk,
      { kind: 'unfinished', status: 0x0110 },
    ]);
  });

  it('ends when the body does, after what runs, and gives back what it held', async () => {
    const store = new FakeStore();
    const counted = job();
    const broken = (async function* () {
      yield body('one').subarray(0, 15);
      await Promise.resolve();
      throw new Error('aborted');
    })();
    await expect(storeParts(broken, 'b', store, counted)).rejects.toThrow('aborted');
    expect([store.running, counted.held]).toEqual([0, 0]);
  });

  it('waits for its own parts where they fill the room', async () => {
    const MIB = 1024 * 1024;
    const store = new FakeStore();
    // A part that is being stored, and the step of what arrives behind it: never two parts more.
    const counted = job(15 * MIB);
    const parts = Array.from({ length: 8 }, (_, at) => String(at).repeat(5 * MIB));
    const bytes = body(...parts);
    const chunks = Array.from({ length: Math.ceil(bytes.length / MIB) }, (_, at) =>
      bytes.subarray(at * MIB, (at + 1) * MIB),
    );
    expect(await storeParts(arriving(...chunks), 'b', store, counted)).toEqual(parts.map(() => junk));
    expect([store.files.length, counted.held]).toEqual([8, 0]);
  });

  it('is refused where a part that arrives has no room', async () => {
    await expect(
      storeParts(arriving(body('one').subarray(0, 10)), 'b', new FakeStore(), job(1_000)),
    ).rejects.toMatchObject({
      reason: 'overloaded',
    });
  });
});
