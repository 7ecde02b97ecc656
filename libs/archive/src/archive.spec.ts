import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServingError } from '@medserve/errors';
import { Archive } from './archive';
import type { ArchiveOptions } from './archive-options';
import type { StoreOutcome } from './stored-instance';
import { MemoryIndex } from './testing/memory-index';
import { CT, ctSlice, ORIGIN, type TestInstance } from './testing/test-instances';

const MIB = 1024 ** 2;
/** Of every slice here. */
const STUDY = '2.25.1';
const ROOMY = { freeBytes: 2 ** 40, totalBytes: 2 ** 41 };

describe('the archive', () => {
  let root: string;
  let index: MemoryIndex;
  let archive: Archive;
  let now: Date;

  const open = (options: Partial<ArchiveOptions> = {}): Promise<Archive> =>
    Archive.open({ root, index, now: () => now, room: () => Promise.resolve(ROOMY), ...options });

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'archive-'));
    index = new MemoryIndex();
    now = new Date();
    archive = await open();
  });
  afterEach(async () => {
    await archive.close();
    rmSync(root, { recursive: true });
  });

  const reopen = async (options: Partial<ArchiveOptions>): Promise<void> => {
    await archive.close();
    archive = await open(options);
  };

  const send = async ({ dataSet, expected }: TestInstance, chunk = 1_000): Promise<StoreOutcome> => {
    const incoming = archive.receive(ORIGIN, expected);
    for (let at = 0; at < dataSet.length; at += chunk) await incoming.write(dataSet.subarray(at, at + chunk));
    return incoming.commit();
  };

  const filesOnDisk = (): string[] =>
    (readdirSync(root, { recursive: true }) as string[]).filter((name) => {
      const found = statSync(join(root, name));
      // Those made ahead are empty.
      return found.isFile() && found.size > 0;
    });

  const reasonOf = (outcome: StoreOutcome): string =>
    outcome.kind === 'refused' ? outcome.refusal.reason : outcome.isNew ? 'new' : 'again';

  const storedFile = async (outcome: StoreOutcome): Promise<Buffer> => {
    if (outcome.kind !== 'stored') throw new Error(outcome.refusal.reason);
    const { studyUid, sopInstanceUid } = outcome.instance;
    const found = await archive.read('home', { studyUid, sopInstanceUid });
    if (found.kind !== 'found' || found.instances[0] === undefined) throw new Error(found.kind);
    return archive.open(found.instances[0]).read();
  };

  it('keeps a data set byte for byte behind file meta information that says who sent it', async () => {
    const one = ctSlice();
    const file = await storedFile(await send(one));
    expect(file.toString('latin1', 128, 132)).toBe('DICM');
    expect(file.subarray(file.length - one.dataSet.length).equals(one.dataSet)).toBe(true);
    expect(file.includes('SCANNER ')).toBe(true);
  });

  it('keeps a file as a whole', async () => {
    const { file } = ctSlice();
    const kept = await storedFile(await archive.put({ ...ORIGIN, door: 'stow' }, file));
    expect(kept.equals(file)).toBe(true);
  });

  it('writes names and modes that say nothing and let nobody in', async () => {
    await send(ctSlice());
    const [name = ''] = filesOnDisk();
    expect(name).toMatch(/^[0-9a-f]{16}\/[0-9a-f]{2}\/[0-9a-f-]{36}\.dcm$/);
    expect(statSync(join(root, name)).mode & 0o777).toBe(0o600);
    expect(statSync(join(root, name, '..')).mode & 0o777).toBe(0o700);
  });

  it('has one instance after the same bytes came three times by two doors', async () => {
    const one = ctSlice();
    const stored: string[] = [];
    archive.onStored(({ sopInstanceUid }) => stored.push(sopInstanceUid));
    const outcomes = [await send(one), await send(one), await archive.put(ORIGIN, one.file)];
    expect(outcomes.map(reasonOf)).toEqual(['new', 'again', 'again']);
    expect(filesOnDisk()).toHaveLength(1);
    expect(stored).toEqual([one.sopInstanceUid]);
  });

  it('stores one of two that come at once, and both succeed', async () => {
    const one = ctSlice();
    const outcomes = await Promise.all([send(one), send(one)]);
    expect(outcomes.map(reasonOf).sort()).toEqual(['again', 'new']);
    expect(filesOnDisk()).toHaveLength(1);
  });

  it('refuses other bytes under a UID that it has, also in another series', async () => {
    await send(ctSlice());
    const others = [ctSlice(1, { 0x00100020: ['LO', 'P-2'] }), ctSlice(1, { 0x0020000e: ['UI', '2.25.3'] })];
    for (const other of others) {
      expect(await send(other)).toMatchObject({ kind: 'refused', refusal: { reason: 'duplicate', status: 45070 } });
    }
    expect(filesOnDisk()).toHaveLength(1);
  });

  it.each<[string, number, string]>([
    ['study', 0x0020000d, 'does_not_match'],
    ['series', 0x0020000e, 'does_not_match'],
    ['SOP instance', 0x00080018, 'cannot_understand'],
  ])('refuses a %s whose UID is none: nobody could fetch it', async (_what, tag, reason) => {
    for (const uid of ['..', '.', '1..2', '1.2.', '...', '..7']) {
      const one = ctSlice(1, { [tag]: ['UI', uid] });
      expect([reasonOf(await send(one)), reasonOf(await archive.put(ORIGIN, one.file))]).toEqual([reason, reason]);
    }
    const told = send({ ...ctSlice(), expected: { ...ctSlice().expected, sopInstanceUid: '1..2.3' } });
    expect(reasonOf(await told)).toBe('does_not_match');
    expect(filesOnDisk()).toEqual([]);
  });

  it('refuses a file of a SOP class that is not taken, and names it', async () => {
    await reopen({ takesClass: (uid) => uid === CT });
    const other = '1.2.840.10008.5.1.4.31';
    const { file } = ctSlice(1, { 0x00080016: ['UI', other] });
    expect(await archive.put(ORIGIN, file)).toMatchObject({
      kind: 'refused',
      refusal: { status: 290, reason: 'sop_class_unsupported', sopClassUid: other, sopInstanceUid: '2.25.100.1' },
    });
    expect(filesOnDisk()).toEqual([]);
    expect(reasonOf(await archive.put(ORIGIN, ctSlice().file))).toBe('new');
  });

  it('refuses an instance of another study than the request is for', async () => {
    const outcome = await archive.put(ORIGIN, ctSlice().file, { studyUid: '2.25.9' });
    expect(outcome).toMatchObject({ kind: 'refused', refusal: { reason: 'study_mismatch', status: 43265 } });
    expect(filesOnDisk()).toEqual([]);
  });

  it('stores nothing where what it was to be stored on does not hold', async () => {
    const { file } = ctSlice();
    const gone = new ServingError('not_found', 'gone');
    const outcome = archive.put(ORIGIN, file, { studyUid: STUDY, holds: () => Promise.reject(gone) });
    await expect(outcome).rejects.toBe(gone);
    expect(filesOnDisk()).toEqual([]);
    expect(await archive.read('home', { studyUid: STUDY })).toEqual({ kind: 'unknown' });
    expect(reasonOf(await archive.put(ORIGIN, file, { holds: () => Promise.resolve() }))).toBe('new');
  });

  it('reads a part of a file, and no more than there is', async () => {
    const { file } = ctSlice();
    await archive.put(ORIGIN, file);
    const found = await archive.read('home', { studyUid: STUDY });
    if (found.kind !== 'found' || found.instances[0] === undefined) throw new Error(found.kind);
    const opened = archive.open(found.instances[0]);
    expect(await opened.readPart(100, 50)).toEqual(file.subarray(100, 150));
    expect(await opened.readPart(file.length - 10, 50)).toEqual(file.subarray(-10));
    expect(await opened.readPart(file.length + 10, 50)).toEqual(Buffer.alloc(0));
    // A disk may lose the end of a file: what is left is read, and nothing is made up for the rest.
    truncateSync(join(root, filesOnDisk()[0] ?? ''), 1_000);
    expect(await opened.read()).toEqual(file.subarray(0, 1_000));
  });

  it('says of a refused file which instance it is, where that can be read', async () => {
    const { file, sopInstanceUid } = ctSlice();
    const outcome = await archive.put(ORIGIN, file.subarray(0, file.length - 500));
    expect(outcome).toMatchObject({ refusal: { reason: 'cannot_understand', status: 0xc000, sopInstanceUid } });
  });

  it('leaves nothing of what is aborted', async () => {
    const { dataSet, expected } = ctSlice();
    const incoming = archive.receive(ORIGIN, expected);
    await incoming.write(dataSet.subarray(0, 5_000));
    await incoming.abort();
    expect(filesOnDisk()).toEqual([]);
    expect((await archive.state()).incoming).toBe(0);
  });

  it('takes what is larger than its memory over the disk, and keeps it the same', async () => {
    await reopen({ limits: { heldBytes: 2_000 } });
    const one = ctSlice();
    const file = await storedFile(await send(one));
    expect(file.subarray(file.length - one.dataSet.length).equals(one.dataSet)).toBe(true);
    expect(await send(ctSlice(2, { 0x00280010: ['US', 512] }))).toMatchObject({ kind: 'refused' });
    expect(filesOnDisk()).toHaveLength(1);
  });

  it('shares one memory among all that come, and goes to disk past it', async () => {
    await reopen({ limits: { heldTotalBytes: 12_000 } });
    const outcomes = await Promise.all([1, 2, 3, 4].map((number) => send(ctSlice(number))));
    expect(outcomes.map(reasonOf)).toEqual(['new', 'new', 'new', 'new']);
  });

  it.each<[string, Partial<ArchiveOptions>]>([
    ['the disk is nearly full', { room: () => Promise.resolve({ freeBytes: 900 * MIB, totalBytes: 2 ** 33 }) }],
    [
      'less than its share of the disk is free',
      { room: () => Promise.resolve({ freeBytes: 2 ** 31, totalBytes: 2 ** 40 }) },
    ],
    ['too many are on their way in', { limits: { maxIncoming: 0 } }],
    ['the instance is larger than may be', { limits: { maxInstanceBytes: 4_000 } }],
  ])('answers that there is no room where %s', async (_, options) => {
    await reopen(options);
    const { file } = ctSlice(2);
    for (const outcome of [await send(ctSlice()), await archive.put(ORIGIN, file)]) {
      expect(outcome).toMatchObject({ kind: 'refused', refusal: { reason: 'out_of_resources', status: 0xa700 } });
    }
    expect(filesOnDisk()).toEqual([]);
  });

  it('has the same places for what comes whole and for what comes in pieces', async () => {
    await reopen({ limits: { maxIncoming: 1 } });
    expect(await archive.put(ORIGIN, ctSlice(1).file)).toMatchObject({ kind: 'stored' });
    expect(reasonOf(await send(ctSlice(2)))).toBe('new');
  });

  it('answers that there is no room where the index has none, and keeps no file', async () => {
    index.failure = new ServingError('overloaded', 'full');
    expect(reasonOf(await send(ctSlice()))).toBe('out_of_resources');
    expect(filesOnDisk()).toEqual([]);
  });

  it('keeps the file where the answer of the index was lost: there may be a row', async () => {
    index.failure = new ServingError('unavailable', 'away');
    index.losesAnswer = true;
    await expect(send(ctSlice())).rejects.toMatchObject({ reason: 'unavailable' });
    expect(filesOnDisk()).toHaveLength(1);
    expect(reasonOf(await send(ctSlice()))).toBe('again');
    expect(filesOnDisk()).toHaveLength(1);
  });

  it('removes no files by an index that knows nobody: it may be another than theirs', async () => {
    const kept = await storedFile(await send(ctSlice(1)));
    index = new MemoryIndex();
    now = new Date(Date.now() + 2 * 3_600_000);
    await reopen({});
    expect(await archive.tidy()).toMatchObject({ files: 0 });
    expect(statSync(join(root, filesOnDisk()[0] ?? '')).size).toBe(kept.length);
  });

  it('keeps the same of what came byte by byte, held and over the disk', async () => {
    const one = ctSlice(1);
    const whole = await storedFile(await send(one, 1));
    expect(whole.subarray(-one.dataSet.length)).toEqual(one.dataSet);
    await reopen({ limits: { heldBytes: 400 } });
    const other = ctSlice(2);
    expect((await storedFile(await send(other, 7))).subarray(-other.dataSet.length)).toEqual(other.dataSet);
  });

  it('leaves nothing of what is aborted while it begins to go to disk', async () => {
    await reopen({ limits: { heldBytes: 400 } });
    const { dataSet, expected } = ctSlice(1);
    const incoming = archive.receive(ORIGIN, expected);
    const written = incoming.write(dataSet);
    await incoming.abort();
    await written;
    expect(filesOnDisk()).toEqual([]);
    expect(readdirSync(join(root, 'arriving'))).toEqual([]);
  });

  it('removes a file that no row speaks of once it is old, and none that one speaks of', async () => {
    index.failure = new ServingError('unavailable', 'away');
    await expect(send(ctSlice(1))).rejects.toMatchObject({ reason: 'unavailable' });
    await send(ctSlice(2));
    expect(await archive.tidy()).toMatchObject({ files: 0 });
    now = new Date(Date.now() + 2 * 3_600_000);
    expect((await archive.tidy()).files).toBeGreaterThanOrEqual(1);
    expect(filesOnDisk()).toHaveLength(1);
  });

  it('never fills a file that was made so long ago that it may be taken for a left one', async () => {
    await send(ctSlice(1));
    now = new Date(Date.now() + 2 * 3_600_000);
    await archive.tidy();
    const file = await storedFile(await send(ctSlice(2)));
    expect(file.length).toBeGreaterThan(8_192);
  });

  it('removes a study whose time is over, and knows that it was here', async () => {
    await send(ctSlice());
    now = new Date(Date.now() + 31 * 24 * 3_600_000);
    expect(await archive.tidy()).toMatchObject({ studies: 1 });
    expect(await archive.read('home', { studyUid: '2.25.1' })).toEqual({ kind: 'gone' });
    expect(filesOnDisk()).toEqual([]);
  });

  it('keeps studies for ever where no time is set', async () => {
    await reopen({ keepDays: 0 });
    await send(ctSlice());
    now = new Date(Date.now() + 10_000 * 24 * 3_600_000);
    expect(await archive.tidy()).toMatchObject({ studies: 0 });
  });

  it('removes all that shows a patient, and knows nothing of it any more', async () => {
    await reopen({ patientOf: (tenant, { id }) => `${tenant}/${id}` });
    await send(ctSlice(1));
    await send(ctSlice(2, { 0x00100020: ['LO', 'P-2'], 0x0020000d: ['UI', '2.25.9'] }));
    expect(await archive.removePatient('home', 'home/P-1')).toBe(1);
    expect(await archive.read('home', { studyUid: '2.25.1' })).toEqual({ kind: 'unknown' });
    expect(filesOnDisk()).toHaveLength(1);
  });

  it('removes at its end the files that were made ahead', async () => {
    await send(ctSlice());
    await archive.close();
    const all = (readdirSync(root, { recursive: true }) as string[]).filter((name) => name.endsWith('.dcm'));
    expect(all).toHaveLength(1);
    expect(existsSync(root)).toBe(true);
  });

  it('tells what came, by its door, and never of whom', async () => {
    const told: string[] = [];
    const observer = {
      instance: (door: string, outcome: string) => told.push(`${door} ${outcome}`),
      received: (door: string, bytes: number) => told.push(`${door} ${String(bytes > 8_192)}`),
      state: () => undefined,
    };
    await reopen({ observer });
    await send(ctSlice());
    await archive.put({ ...ORIGIN, door: 'stow' }, Buffer.from('none'));
    expect(told).toEqual(['dimse stored', 'dimse true', 'stow cannot_understand']);
  });
});
