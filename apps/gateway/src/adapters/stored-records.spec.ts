import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { ServingError } from '@medserve/errors';
import type { RecordEvent } from '@medserve/events';
import { ContentVault, keyIdOf, type RecordStore } from '@medserve/storage';
import type { Records } from '../infer/ports';
import { PROBLEM_TYPE } from '../infer/problem';
import { storedRecords } from './stored-records';

const ID = '01890000-0000-7000-8000-000000000001';
const EVENT = { request: ID, tenant: 'north', at: '2026-11-25T10:00:00.000Z', patient: 'ab' } as RecordEvent;
const ANSWER = { bytes: Buffer.from('{"answer":1}'), contentType: 'application/json' };

function setUp() {
  const key = { id: randomUUID(), key: createSecretKey(randomBytes(32)) };
  const state = { isDestroyed: false, isDown: false, asked: [] as string[], found: {} };
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
  };
  return { records: storedRecords(store as unknown as RecordStore, '1', vault), stored, state };
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

  it('takes no plain answer for one that was given, but of the time before they were sealed, and problems', async () => {
    const { records, stored, state } = setUp();
    stored.set(ID, { ...ANSWER, bytes: Buffer.from('{"answer":"another"}') });
    await expect(records.find('north', ID)).rejects.toMatchObject({ reason: 'internal' });
    for (const found of [{ isOfBeforeSealing: true }, { status: 'failed' }]) {
      state.found = found;
      expect((await records.find('north', ID))?.result).toEqual(stored.get(ID));
    }
  });

  it('says of a destroyed answer that it was destroyed', async () => {
    const { records, state } = setUp();
    await finish(records);
    state.isDestroyed = true;
    await expect(records.find('north', ID)).rejects.toMatchObject({ reason: 'result_shredded', category: 'gone' });
  });
});
