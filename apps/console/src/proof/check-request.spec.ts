import { createHash, generateKeyPairSync } from 'node:crypto';
import { encodeBundle, leafHash } from '@medserve/ledger';
import { ApiError } from '../api';
import { checkClaims, claimsOf, type AnswerBytes, type AuditRecord } from './check-request';
import { bundlePath, type LogMemory } from './log';
import type { LogSource } from './open-log';
import { verdictOf, withStep, type Step } from './step';
import { entriesFor, GrownLog, newMemory } from './testing/grown-log';

const REQUEST = '01a213fa-d203-7210-8f74-b9d5ddfa49f2';
const ANSWER = new TextEncoder().encode('{"status":"completed"}');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const told = (event: string, more: object = {}): Buffer =>
  Buffer.from(JSON.stringify({ event, request: REQUEST, ...more }));
const ACCEPTED = told('accepted');
const COMPLETED = told('completed', { outputSha256: sha256(ANSWER) });

/** Entries of others with those of a request among them, at 2 and at 290. */
function entriesWith(count = 300, completed = COMPLETED): Buffer[] {
  const entries = entriesFor(count);
  entries[2] = ACCEPTED;
  entries[290] = completed;
  return entries;
}

const recordAt = (log: GrownLog, sequence: number, event: string): AuditRecord => ({
  event,
  sequence,
  log: 'medserve/test',
  at: '2026-11-26T08:00:00.000Z',
  hash: leafHash(log.entries[sequence] as Buffer).toString('hex'),
});
const recordsOf = (log: GrownLog): AuditRecord[] => [recordAt(log, 2, 'accepted'), recordAt(log, 290, 'completed')];

interface Trial {
  readonly records?: readonly AuditRecord[];
  readonly answer?: AnswerBytes;
  readonly memory?: LogMemory;
  readonly source?: Partial<LogSource>;
  readonly pause?: (ms: number) => Promise<void>;
}

async function check(log: GrownLog, trial: Trial = {}): Promise<readonly Step[]> {
  let steps: readonly Step[] = [];
  const { records = recordsOf(log), answer = ANSWER, memory = newMemory(), source, pause } = trial;
  await checkClaims(
    claimsOf(REQUEST, records, () => Promise.resolve(answer)),
    {
      source: { ...log.source, ...source },
      memory,
      pause: pause ?? (() => Promise.reject(new Error('nobody should wait here'))),
      tell: (step) => (steps = withStep(steps, step)),
    },
  );
  return steps;
}

const failedOf = (steps: readonly Step[]) =>
  steps.filter(({ verdict }) => verdict === 'fails').map(({ name, sequence, fault }) => ({ name, sequence, ...fault }));

describe('the check of a request', () => {
  it('holds for the log as it is: the key, the root, both entries, their paths, and the answer', async () => {
    const log = new GrownLog(entriesWith());
    const steps = await check(log);
    expect(steps.map(({ name, sequence, verdict }) => [name, sequence, verdict])).toEqual([
      ['signature', undefined, 'holds'],
      ['root', undefined, 'holds'],
      ['continuity', undefined, 'unchecked'],
      ['entry', 2, 'holds'],
      ['path', 2, 'holds'],
      ['entry', 290, 'holds'],
      ['path', 290, 'holds'],
      ['answer', 290, 'holds'],
    ]);
    expect(verdictOf(steps)).toBe('holds');
    expect(steps.at(-2)?.path?.at(-1)?.parent).toEqual(new Uint8Array(log.root));
    expect(steps.at(-1)?.hash).toBe(sha256(ANSWER));
  });

  it('fails at the signature when a bit of the note is another, and looks at nothing else', async () => {
    const log = new GrownLog(entriesWith());
    log.note = log.note.replace('300', '299');
    const steps = await check(log);
    expect(failedOf(steps)).toMatchObject([{ kind: 'signature-wrong' }]);
    expect(steps).toHaveLength(1);
    expect(verdictOf(steps)).toBe('fails');
  });

  it('fails at the signature when another key signed, and when the log is called otherwise than the key', async () => {
    const log = new GrownLog(entriesWith());
    const other = new GrownLog(entriesWith());
    const stranger = await check(log, { source: { checkpoint: () => Promise.resolve({ note: other.note }) } });
    expect(failedOf(stranger)).toMatchObject([{ kind: 'signature-missing' }]);
    const misnamed = await check(new GrownLog(entriesWith(), log.privateKey, 'medserve/other'));
    expect(failedOf(misnamed)).toMatchObject([
      { kind: 'origin-differs', expected: 'medserve/test', found: 'medserve/other' },
    ]);
  });

  it('fails at the entry that is not the one that was told of', async () => {
    const log = new GrownLog(entriesWith());
    const records = recordsOf(log);
    const path = bundlePath(0, 256);
    log.flip(path, Buffer.from(log.file(path)).indexOf('accepted'));
    const steps = await check(log, { records });
    expect(failedOf(steps)).toMatchObject([{ name: 'entry', kind: 'record-differs', sequence: 2 }]);
    // The other entry is looked at all the same.
    expect(steps.find(({ name, sequence }) => name === 'path' && sequence === 290)?.verdict).toBe('holds');
  });

  it('fails at the path when platform and bundle agree on an entry that the tile does not know', async () => {
    const log = new GrownLog(entriesWith());
    const forged = told('accepted', { actor: 'somebody-else' });
    const entries = entriesWith().slice(0, 256);
    entries[2] = forged;
    log.put(bundlePath(0, 256), encodeBundle(entries));
    const hash = leafHash(forged).toString('hex');
    const [accepted, completed] = recordsOf(log) as [AuditRecord, AuditRecord];
    const steps = await check(log, { records: [{ ...accepted, hash }, completed] });
    expect(failedOf(steps)).toEqual([
      { name: 'path', kind: 'leaf-differs', sequence: 2, expected: accepted.hash, found: hash },
    ]);
  });

  it('names the tile when a bit of it is another', async () => {
    const full = new GrownLog(entriesWith());
    full.flip('tile/0/000', 5 * 32);
    expect(failedOf(await check(full))).toMatchObject([
      { name: 'path', sequence: 2, kind: 'tile-differs', path: 'tile/0/000' },
    ]);
    const edge = new GrownLog(entriesWith());
    edge.flip('tile/0/001.p/44', 0);
    expect(failedOf(await check(edge))).toMatchObject([{ name: 'root', kind: 'root-differs' }]);
  });

  it('fails at the entry that tells of another request, of another event, or is no JSON', async () => {
    for (const [entry, kind] of [
      [Buffer.from(JSON.stringify({ event: 'completed', request: 'another' })), 'entry-of-another'],
      [told('failed'), 'entry-of-another'],
      [Buffer.from('null'), 'entry-unreadable'],
      [Buffer.from([0xff, 0xfe]), 'entry-unreadable'],
    ] as const)
      expect(failedOf(await check(new GrownLog(entriesWith(300, entry))))).toMatchObject([{ kind, sequence: 290 }]);
  });

  it('fails at the bundle that is cut off', async () => {
    const log = new GrownLog(entriesWith());
    log.put(bundlePath(1, 44), log.file(bundlePath(1, 44)).slice(0, -1));
    expect(failedOf(await check(log))).toMatchObject([{ name: 'entry', kind: 'bundle-cut', sequence: 290 }]);
  });

  it('fails at the answer that is not byte for byte the one that was recorded', async () => {
    const answer = new TextEncoder().encode('{"status":"completed" }');
    expect(failedOf(await check(new GrownLog(entriesWith()), { answer }))).toEqual([
      { name: 'answer', kind: 'answer-differs', sequence: 290, expected: sha256(ANSWER), found: sha256(answer) },
    ]);
  });

  it('leads the hash of an entry that is not given out to the root, and says that it saw no more of it', async () => {
    const log = new GrownLog(entriesWith());
    const gone = new ApiError({ title: '', status: 404, code: 'not_found', detail: '' });
    const file = (path: string) => (path === bundlePath(1, 44) ? Promise.reject(gone) : log.read(path));
    const steps = await check(log, { source: { file } });
    expect(steps.slice(-3)).toMatchObject([
      { name: 'entry', sequence: 290, verdict: 'unchecked', unchecked: 'entry-withheld' },
      { name: 'path', sequence: 290, verdict: 'holds' },
      { name: 'answer', sequence: 290, verdict: 'unchecked', unchecked: 'entry-withheld' },
    ]);
    expect(verdictOf(steps)).toBe('partly');
    const [accepted, completed] = recordsOf(log) as [AuditRecord, AuditRecord];
    for (const hash of [accepted.hash, 'none'])
      expect(failedOf(await check(log, { source: { file }, records: [{ ...completed, hash }] }))).toMatchObject([
        { name: 'path', kind: 'leaf-differs', sequence: 290 },
      ]);
  });

  it('does not look here for an entry that stands in the log from before, nor wait for its place', async () => {
    const [accepted, completed] = recordsOf(new GrownLog(entriesWith())) as [AuditRecord, AuditRecord];
    const older = { ...accepted, sequence: 90_000, log: null };
    const steps = await check(new GrownLog(entriesWith()), { records: [older, completed] });
    expect(steps[3]).toMatchObject({ name: 'entry', sequence: 90_000, verdict: 'unchecked', unchecked: 'other-log' });
    expect(steps.at(-1)).toMatchObject({ name: 'answer', sequence: 290, verdict: 'holds' });
    expect(verdictOf(steps)).toBe('partly');
    const stranger = await check(new GrownLog(entriesWith()), { records: [{ ...completed, log: 'medserve/other' }] });
    expect(stranger.at(-1)).toMatchObject({ name: 'entry', verdict: 'unchecked', unchecked: 'other-log' });
  });

  it('does not claim to have compared an answer that it was not given', async () => {
    const steps = await check(new GrownLog(entriesWith()), { answer: 'answer-forbidden' });
    expect(steps.at(-1)).toMatchObject({ name: 'answer', verdict: 'unchecked', unchecked: 'answer-forbidden' });
    expect(verdictOf(steps)).toBe('partly');
  });

  it('does not call it proven where the browser has no Ed25519, and remembers nothing', async () => {
    const { subtle } = globalThis.crypto;
    const importKey = jest.spyOn(subtle, 'importKey').mockRejectedValue(new DOMException('', 'NotSupportedError'));
    const memory = newMemory();
    try {
      const steps = await check(new GrownLog(entriesWith()), { memory });
      expect(steps[0]).toMatchObject({ verdict: 'unchecked', unchecked: 'no-ed25519' });
      expect(verdictOf(steps)).toBe('partly');
      expect(memory.recall('medserve/test')).toBeUndefined();
    } finally {
      importKey.mockRestore();
    }
  });
});

describe('what a browser remembers', () => {
  const key = generateKeyPairSync('ed25519').privateKey;
  const grown = (size: number, text?: string): GrownLog => {
    const entries = entriesWith(Math.max(size, 300));
    if (text !== undefined) entries[7] = Buffer.from(text);
    return new GrownLog(entries.slice(0, size), key);
  };

  it('finds that a log goes on, at every size between two', async () => {
    const memory = newMemory();
    for (const size of [300, 300, 301, 511, 512, 600]) await check(grown(size), { memory });
    const steps = await check(grown(600), { memory });
    expect(steps[2]).toMatchObject({ name: 'continuity', verdict: 'holds', before: 600 });
    expect(memory.recall('medserve/test')?.size).toBe(600);
  });

  it('catches a log that was cut off, and keeps what it knew', async () => {
    const memory = newMemory();
    await check(grown(310), { memory });
    const steps = await check(grown(305), { memory });
    expect(failedOf(steps)).toEqual([{ name: 'continuity', kind: 'log-shrunk', before: 310, now: 305 }]);
    expect(memory.recall('medserve/test')?.size).toBe(310);
  });

  it('catches a log that was written anew under the same key, of the same size and larger', async () => {
    const memory = newMemory();
    await check(grown(300), { memory });
    for (const size of [300, 400])
      expect(failedOf(await check(grown(size, 'forged'), { memory }))).toEqual([
        { name: 'continuity', kind: 'log-forked', before: 300, now: size },
      ]);
  });

  it('says when a log that goes on is signed with another key than the first', async () => {
    const memory = newMemory();
    await check(grown(300), { memory });
    const steps = await check(new GrownLog(entriesWith(400)), { memory });
    expect(steps[2]).toMatchObject({ verdict: 'unchecked', unchecked: 'other-key', before: 300 });
    expect(verdictOf(steps)).toBe('partly');
  });
});

describe('an entry that is newer than the newest checkpoint', () => {
  const log = new GrownLog(entriesWith());
  const older = new GrownLog(entriesWith().slice(0, 200), log.privateKey);

  it('is waited for, with words, as long as the platform asks for', async () => {
    const answers = [{ retryAfterMs: 10_000 }, { note: older.note }, { note: log.note }];
    const waited: number[] = [];
    const heard: (readonly [number, number] | undefined)[] = [];
    let steps: readonly Step[] = [];
    await checkClaims(
      claimsOf(REQUEST, recordsOf(log), () => Promise.resolve(ANSWER)),
      {
        source: { ...log.source, checkpoint: () => Promise.resolve(answers.shift() ?? { note: log.note }) },
        memory: newMemory(),
        pause: (ms) => Promise.resolve(void waited.push(ms)),
        tell: (step) => {
          if (step.waiting !== undefined) heard.push([step.waiting.covered, step.waiting.wanted]);
          steps = withStep(steps, step);
        },
      },
    );
    expect(waited).toEqual([10_000, 5_000]);
    expect(heard).toEqual([
      [0, 290],
      [200, 290],
    ]);
    expect(verdictOf(steps)).toBe('holds');
  });

  it('is waited for two minutes and no longer', async () => {
    let waitedMs = 0;
    const checking = check(log, {
      source: { checkpoint: () => Promise.resolve({ note: older.note }) },
      pause: (ms) => Promise.resolve(void (waitedMs += ms)),
    });
    await expect(checking).rejects.toMatchObject({ hindrance: 'not-signed-yet' });
    expect(waitedMs).toBe(120_000);
  });
});
