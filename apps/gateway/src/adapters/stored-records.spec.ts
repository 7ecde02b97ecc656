import { createSecretKey, hash, randomBytes, randomUUID } from 'node:crypto';
import { ServingError } from '@medserve/errors';
import type { RecordEvent } from '@medserve/events';
import { ContentVault, keyIdOf, type EndOnRecord, type RecordStore } from '@medserve/storage';
import type { Records } from '../infer/ports';
import { PROBLEM_TYPE } from '../http/problem';
import { storedRecords } from './stored-records';

const ID = '01890000-0000-7000-8000-000000000001';
const EVENT = { request: ID, tenant: 'north', at: '2026-11-25T10:00:00.000Z', patient: 'ab' } as RecordEvent;
const PROBLEM = { bytes: Buffer.from('{"status":422}'), contentType: PROBLEM_TYPE };
const ANSWER = { bytes: Buffer.from('{"answer":1}'), contentType: 'application/json' };

function setUp() {
  const key = { id: randomUUID(), key: createSecretKey(randomBytes(32)) };
  const state = { isDestroyed: false, isDown: false, asked: [] as string[], found: {} };
  const log: { end?: EndOnRecord | undefined } = {
    end: { event: 'completed', outputSha256: hash('sha256', ANSWER.bytes) },
  };
  const down = (): Promise<never> => Promise.reject(new ServingError('unavailable', 'down'));
  const vault = new ContentVault({
    ofSubject: (tenant, subject) => {
      state.asked.push(`${tenant} ${subject}`);
      return state.isDown ? down() : Promise.resolve(key);
    },
    forget: () => undefined,
    byKeyId: () => (state.isDown ? down() : Promise.resolve(state.isDestroyed ? ('destroyed' as const) : key)),
  });
  const stored = new Map<string, typeof ANSWER>();
  const store = {
    accept: () => Promise.resolve({ kind: 'accepted' }),
    finish: ({ id, result }: Parameters<Records['finish']>[0]) => {
      stored.set(id, result as typeof ANSWER);
      return Promise.resolve({ kind: 'recorded' });
    },
    find: (_tenant: string, id: string) =>
      Promise.resolve({ status: 'completed', result: stored.get(id), ...state.found }),
    endOnRecord: () => Promise.resolve(log.end),
  };
  return { records: storedRecords(store as unknown as RecordStore, '1', vault), stored, state, log };
}

const finish = (records: Records, result = ANSWER) =>
  records.finish({ id: ID, tenant: 'north', status: 'completed', event: EVENT, result });

describe('the record of a gateway', () => {
  it('has the key made when the request is accepted, not when it has ended', async () => {
    const { records, state } = setUp();
    await records.accept({
      id: ID,
      tenant: 'north',
      actor: 'k',
      fingerprint: Buffer.alloc(32),
      leaseMs: 1,
      event: EVENT,
    });
    expect(state.asked).toEqual(['north patient:ab']);
  });

  it('stores answers sealed and gives them back as they were', async () => {
    const { records, stored } = setUp();
    await finish(records);
    expect(keyIdOf(stored.get(ID)?.bytes ?? ANSWER.bytes)).toBeDefined();
    expect((await records.find('north', ID))?.result?.bytes.equals(ANSWER.bytes)).toBe(true);
    await expect(records.find('south', ID)).rejects.toMatchObject({ reason: 'internal' });
  });

  it('stores problems as they are, also where no key can be had', async () => {
    const { records, stored, state } = setUp();
    state.isDown = true;
    const problem = { bytes: Buffer.from('{}'), contentType: PROBLEM_TYPE };
    await finish(records, problem);
    expect(stored.get(ID)).toEqual(problem);
  });

  it('stores no answer that it cannot seal', async () => {
    const { records, stored, state } = setUp();
    state.isDown = true;
    await expect(finish(records)).rejects.toMatchObject({ reason: 'unavailable' });
    expect(stored.size).toBe(0);
  });

  it('takes no plain answer for one that was given, but of the time before they were sealed', async () => {
    const { records, stored, state } = setUp();
    stored.set(ID, ANSWER);
    await expect(records.find('north', ID)).rejects.toMatchObject({ reason: 'internal' });
    state.found = { isOfBeforeSealing: true };
    expect((await records.find('north', ID))?.result).toEqual(ANSWER);
    stored.set(ID, { ...ANSWER, bytes: Buffer.from('{"answer":"another"}') });
    await expect(records.find('north', ID)).rejects.toMatchObject({ reason: 'internal' });
  });

  it('gives out the problem that is on record, and no other', async () => {
    const { records, stored, state, log } = setUp();
    state.found = { status: 'failed' };
    log.end = { event: 'failed', outputSha256: hash('sha256', PROBLEM.bytes) };
    stored.set(ID, PROBLEM);
    expect(await records.find('north', ID)).toEqual({ status: 'failed', result: PROBLEM });
    stored.set(ID, { ...PROBLEM, bytes: Buffer.from('{"status":422,"title":"forged"}') });
    await expect(records.find('north', ID)).rejects.toMatchObject({ reason: 'internal' });
  });

  it.each<[string, object]>([
    ['a failure, with words of somebody else', { status: 'failed', result: PROBLEM }],
    ['a failure', { status: 'failed' }],
    ['cancelled, with nothing left', { status: 'cancelled', result: undefined }],
    ['abandoned', { status: 'abandoned', result: undefined }],
    ['completed, with nothing left', { result: undefined }],
  ])('lets an answer on record pass for nothing else: %s', async (_, found) => {
    const { records, state } = setUp();
    await finish(records);
    state.found = found;
    await expect(records.find('north', ID)).rejects.toMatchObject({ reason: 'internal' });
  });

  it('gives an answer out as what it is stored as, and as nothing that no answer is', async () => {
    const { records, stored } = setUp();
    await finish(records);
    for (const contentType of ['text/html', PROBLEM_TYPE]) {
      stored.set(ID, { bytes: stored.get(ID)?.bytes ?? ANSWER.bytes, contentType });
      await expect(records.find('north', ID)).rejects.toMatchObject({ reason: 'internal' });
    }
  });

  it('of a request whose record was deleted, opens what is sealed and gives out nothing else', async () => {
    const { records, stored, state, log } = setUp();
    log.end = undefined;
    await finish(records);
    expect((await records.find('north', ID))?.result?.bytes.equals(ANSWER.bytes)).toBe(true);
    state.found = { status: 'failed' };
    stored.set(ID, PROBLEM);
    expect(await records.find('north', ID)).toEqual({ status: 'failed' });
  });

  it('shows nothing of a request that runs', async () => {
    const { records, stored, state } = setUp();
    state.found = { status: 'accepted' };
    stored.set(ID, PROBLEM);
    expect(await records.find('north', ID)).toEqual({ status: 'accepted' });
  });

  it('says of a destroyed answer that it was destroyed', async () => {
    const { records, state } = setUp();
    await finish(records);
    state.isDestroyed = true;
    await expect(records.find('north', ID)).rejects.toMatchObject({ reason: 'result_shredded', category: 'gone' });
  });
});
