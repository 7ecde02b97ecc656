import { judgeHost, type HostReport } from './judge-host';

describe('judgeHost', () => {
  const rules = { listeningSinceMs: 0, idleMs: 1_000, silenceMs: 5_000, maxResidentBytes: 100, loadMs: 100 };
  const report: HostReport = { heardAtMs: 0, inFlight: 1, queued: 0, lastUsedAtMs: 0, residentBytes: 1 };

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
    ['replaces one whose run for nobody keeps others waiting', { queued: 1, abandonedSinceMs: 0 }, 251, 'replace'],
    ['lets a run for nobody end by itself for a moment', { queued: 1, abandonedSinceMs: 0 }, 250, 'keep'],
    ['lets it go on while nobody else waits', { abandonedSinceMs: 0 }, 900, 'keep'],
    ['does not call a run for nobody idle', { inFlight: 0, abandonedSinceMs: 0 }, 1_001, 'keep'],
  ])('%s', (_, change, nowMs, expected) => {
    const verdict = judgeHost({ ...report, ...change }, rules, nowMs);
    expect(verdict.kind === 'kill' ? `kill ${verdict.why}` : verdict.kind).toBe(expected);
  });

  it('waits for a run for nobody as long as another host would take to start', () => {
    const waiting = { ...report, queued: 1, abandonedSinceMs: 0 };
    expect(judgeHost(waiting, { ...rules, loadMs: 600 }, 600).kind).toBe('keep');
    expect(judgeHost(waiting, { ...rules, loadMs: 600 }, 601).kind).toBe('replace');
  });

  it('does not go by what was said before the agent stopped listening, and counts silence from when it listens again', () => {
    const since = { ...rules, listeningSinceMs: 10_000 };
    const running = { sinceMs: 0, deadlineMs: 1 };
    expect(judgeHost({ ...report, running }, since, 15_000).kind).toBe('keep');
    expect(judgeHost({ ...report, running }, since, 15_001)).toEqual({ kind: 'kill', why: 'silent' });
    expect(judgeHost({ ...report, running, heardAtMs: 10_000 }, since, 10_001)).toEqual({
      kind: 'kill',
      why: 'overrun',
    });
  });
});
