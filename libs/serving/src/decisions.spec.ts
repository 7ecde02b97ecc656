import fc from 'fast-check';
import { admit } from './admission';
import { CLASSES, ClassQueue, type Class } from './class-queue';
import { judgeHost, type HostReport } from './judge-host';
import { pickReplica, type Replica } from './pick-replica';

describe('pickReplica', () => {
  const replicas = fc.array(
    fc.record({ pod: fc.uuid(), reachable: fc.boolean(), loaded: fc.boolean(), inFlight: fc.nat(100) }),
    { maxLength: 5 },
  );
  const random = fc.double({ min: 0, max: 0.999_999, noNaN: true });

  it('never gives an unreachable one, and a loaded one whenever there is one', () => {
    fc.assert(
      fc.property(replicas, random, (offered, value) => {
        const picked = pickReplica(offered, () => value);
        expect(picked !== undefined).toBe(offered.some(({ reachable }) => reachable));
        if (picked) {
          expect(picked.reachable).toBe(true);
          expect(picked.loaded).toBe(offered.some(({ reachable, loaded }) => reachable && loaded));
        }
      }),
    );
  });

  it('takes the less busy of two', () => {
    const pair: Replica[] = [9, 2].map((inFlight) => ({
      pod: String(inFlight),
      reachable: true,
      loaded: true,
      inFlight,
    }));
    for (const value of [0, 0.5, 0.99]) expect(pickReplica(pair, () => value)?.pod).toBe('2');
  });
});

describe('admit', () => {
  const limits = { maxInFlight: 2, maxBytes: 100 };
  it('counts requests and bytes, and names the limit that was hit', () => {
    expect(admit({ inFlight: 1, bytes: 40 }, limits, 60)).toEqual({ kind: 'admitted' });
    expect(admit({ inFlight: 1, bytes: 40 }, limits, 61)).toEqual({ kind: 'refused', limit: 'bytes in flight: 100' });
    expect(admit({ inFlight: 2, bytes: 0 }, limits, 1)).toEqual({ kind: 'refused', limit: 'requests in flight: 2' });
  });

  it('lets one large request in when there is nothing else', () => {
    expect(admit({ inFlight: 0, bytes: 0 }, limits, 1_000)).toEqual({ kind: 'admitted' });
  });
});

describe('ClassQueue', () => {
  const arrivals = fc.array(fc.constantFrom<Class>(...CLASSES), { maxLength: 30 });

  it('gives the more urgent first and keeps the order of arrival within a class', () => {
    fc.assert(
      fc.property(arrivals, (classes) => {
        const queue = new ClassQueue<{ name: Class; index: number }>(100);
        classes.forEach((name, index) => queue.offer({ name, index }, name));
        const taken = Array.from({ length: classes.length }, () => queue.take());
        const wanted = CLASSES.flatMap((name) =>
          classes.flatMap((other, index) => (other === name ? [{ name, index }] : [])),
        );
        expect(taken).toEqual(wanted);
        expect(queue.take()).toBeUndefined();
      }),
    );
  });

  it('never holds more than its limit, and a removed item makes a place', () => {
    const queue = new ClassQueue<string>(1);
    expect([queue.offer('a', 'routine'), queue.offer('b', 'stat')]).toEqual([true, false]);
    expect([queue.remove('a'), queue.remove('a'), queue.offer('b', 'stat'), queue.size]).toEqual([
      true,
      false,
      true,
      1,
    ]);
  });
});

describe('judgeHost', () => {
  const rules = { idleMs: 1_000, silenceMs: 5_000, maxResidentBytes: 100 };
  const report: HostReport = { heardAtMs: 0, inFlight: 1, lastUsedAtMs: 0, residentBytes: 1 };

  it.each<[string, Partial<HostReport>, number, string]>([
    ['keeps a busy host', {}, 4_000, 'keep'],
    ['unloads one that was idle long enough', { inFlight: 0 }, 1_001, 'unload'],
    ['keeps one that was used just now', { inFlight: 0, lastUsedAtMs: 900 }, 1_001, 'keep'],
    [
      'kills one that runs for twice what was left',
      { running: { sinceMs: 0, deadlineMs: 2_000 } },
      4_001,
      'kill overrun',
    ],
    ['gives short deadlines time', { running: { sinceMs: 0, deadlineMs: 1 } }, 2_000, 'keep'],
    ['kills one that says nothing', {}, 5_001, 'kill silent'],
    ['kills one that grew too large', { residentBytes: 101 }, 1, 'kill memory'],
  ])('%s', (_, change, nowMs, expected) => {
    const verdict = judgeHost({ ...report, ...change }, rules, nowMs);
    expect(verdict.kind === 'kill' ? `kill ${verdict.why}` : verdict.kind).toBe(expected);
  });
});
