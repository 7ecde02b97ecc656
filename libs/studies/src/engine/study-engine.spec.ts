import { InMemoryStudies } from '../testing/in-memory-studies';
import { StudyEngine } from './study-engine';
import type { StudyWork } from './study-work';

/** An engine whose worker holds what it is given until it is let go. */
function rig(concurrency = 2, expressConcurrency = 0) {
  const studies = new InMemoryStudies();
  const held = new Map<string, { readonly signal: AbortSignal; hasRoom(): boolean; letGo(): void }>();
  const failures: string[] = [];
  const engine = new StudyEngine({
    store: studies,
    worker: {
      advance: (work: StudyWork, signal: AbortSignal, hasRoom: () => boolean) =>
        new Promise<void>((resolve) => {
          held.set(work.studyUid, {
            signal,
            hasRoom,
            letGo: () => {
              held.delete(work.studyUid);
              resolve();
            },
          });
          signal.addEventListener('abort', () => {
            resolve();
          });
        }),
    },
    observer: {
      changed: () => undefined,
      ended: () => undefined,
      failed: (what) => failures.push(what),
    },
    holder: 'engine',
    concurrency,
    expressConcurrency,
    pollMs: 1_000,
    leaseMs: 8_000,
  });
  return { studies, held, engine, failures };
}

describe('an engine of studies', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('takes what is due, and no more than it has room for', async () => {
    const { studies, held, engine } = rig();
    for (const studyUid of ['1', '2', '3']) studies.arrive(studyUid);
    engine.start();
    await jest.advanceTimersByTimeAsync(5_000);
    expect([...held.keys()]).toEqual(['1', '2']);
    held.get('1')?.letGo();
    await jest.advanceTimersByTimeAsync(0);
    expect([...held.keys()]).toEqual(['2', '3']);
    await engine.close();
  });

  it('takes what is urgent although all its places are taken', async () => {
    const { studies, held, engine } = rig(1, 1);
    const claim = jest.spyOn(studies, 'claim');
    for (const studyUid of ['1', '2', '3']) studies.arrive(studyUid);
    engine.start();
    await jest.advanceTimersByTimeAsync(0);
    expect(claim.mock.calls.map(([, limit, , isExpress]) => [limit, isExpress])).toEqual([
      [1, false],
      [1, true],
    ]);
    expect([...held.keys()]).toEqual(['1', '2']);
    await engine.close();
  });

  it('has room while a place is free of those that are for all, and none in the others', async () => {
    const { studies, held, engine } = rig(2, 1);
    studies.arrive('1');
    engine.start();
    await jest.advanceTimersByTimeAsync(0);
    expect(held.get('1')?.hasRoom()).toBe(true);
    for (const studyUid of ['2', '3']) studies.arrive(studyUid);
    engine.wake();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(['1', '2', '3'].map((studyUid) => held.get(studyUid)?.hasRoom())).toEqual([false, false, false]);
    held.get('2')?.letGo();
    await jest.advanceTimersByTimeAsync(0);
    expect(['1', '3'].map((studyUid) => held.get(studyUid)?.hasRoom())).toEqual([true, false]);
    await engine.close();
  });

  it('looks when it is woken, and now and then without it', async () => {
    const { studies, held, engine } = rig();
    engine.start();
    await jest.advanceTimersByTimeAsync(100);
    studies.arrive('1');
    engine.wake();
    await jest.advanceTimersByTimeAsync(0);
    expect([...held.keys()]).toEqual(['1']);
    studies.arrive('2');
    await jest.advanceTimersByTimeAsync(1_000);
    expect([...held.keys()]).toEqual(['1', '2']);
    await engine.close();
  });

  it('keeps what it works on, and stops where it has lost it', async () => {
    const { studies, held, engine, failures } = rig();
    studies.arrive('1');
    engine.start();
    await jest.advanceTimersByTimeAsync(4_000);
    expect(held.get('1')?.signal.aborted).toBe(false);
    studies.seize('1');
    await jest.advanceTimersByTimeAsync(2_000);
    expect(held.get('1')?.signal.aborted).toBe(true);
    expect(failures).toEqual([]);
    await engine.close();
  });

  it('goes on when the store does not answer', async () => {
    const { studies, held, engine, failures } = rig();
    const claim = jest.spyOn(studies, 'claim').mockRejectedValueOnce(new Error('away'));
    studies.arrive('1');
    engine.start();
    await jest.advanceTimersByTimeAsync(0);
    expect(failures).toEqual(['claim']);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(claim).toHaveBeenCalledTimes(2);
    expect([...held.keys()]).toEqual(['1']);
    await engine.close();
  });

  it('lets go of everything when it is closed', async () => {
    const { studies, held, engine } = rig();
    studies.arrive('1');
    engine.start();
    await jest.advanceTimersByTimeAsync(0);
    await engine.close();
    expect(held.get('1')?.signal.aborted).toBe(true);
  });
});
