import { createSecretKey, randomBytes } from 'node:crypto';
import { Sensitive, type StudyContext } from '@medserve/clinical';
import { newEventId } from '@medserve/events';
import { SubjectReferences } from '@medserve/security';
import { ContentVault, type NewContext } from '@medserve/storage';
import { PRINCIPAL } from '../testing/image-world';
import { ResultContexts } from './result-contexts';

const CONTEXT: StudyContext = { patient: { id: 'P-17' }, study: { uid: '1.2.3' }, series: [] };

describe('what is kept of the study of a request', () => {
  const keys = new Map<string, { id: string; key: ReturnType<typeof createSecretKey> }>();
  const vault = new ContentVault({
    ofSubject: (tenant, subject) => {
      const name = `${tenant}/${subject}`;
      const key = keys.get(name) ?? { id: newEventId(), key: createSecretKey(randomBytes(32)) };
      keys.set(name, key);
      return Promise.resolve(key);
    },
    byKeyId: (_tenant, id) => Promise.resolve([...keys.values()].find((key) => key.id === id) ?? 'destroyed'),
    forget: () => undefined,
  });
  const rows: NewContext[] = [];
  const contexts = new ResultContexts({
    store: {
      add: (row) => {
        rows.push(row);
        return Promise.resolve();
      },
      find: (tenant, request) =>
        Promise.resolve(rows.find((row) => row.tenant === tenant && row.request === request)?.context),
      requestsBy: (tenant, key, hash, limit) =>
        Promise.resolve(
          rows
            .filter((row) => row.tenant === tenant && row[key] === hash)
            .map(({ request }) => request)
            .slice(0, limit),
        ),
    },
    vault,
    references: new SubjectReferences(randomBytes(32)),
    now: () => new Date('2026-11-26T05:00:00Z'),
  });
  const subjectOf = (patient?: string) => ({
    ...{ request: newEventId(), tenant: 'north', by: PRINCIPAL, task: 'measure', modality: 'ct3d' },
    ...{ class: 'routine' as const, inputs: [], patient },
  });
  afterEach(() => {
    keys.clear();
    rows.length = 0;
  });

  it('comes back wrapped, and is sealed where it is kept', async () => {
    const subject = subjectOf('ab');
    await contexts.keep(subject, new Sensitive(CONTEXT));
    const found = await contexts.of('north', subject.request);
    expect(found?.reveal('report')).toEqual(CONTEXT);
    expect(rows[0]?.context.includes('P-17')).toBe(false);
  });

  it.each([
    ['its patient, where one is known', 'ab', 'north/patient:ab'],
    ['the month, where nobody said who it is', undefined, 'north/month:2026-11'],
  ])('is sealed by the key of %s', async (_, patient, key) => {
    await contexts.keep(subjectOf(patient), new Sensitive(CONTEXT));
    expect([...keys.keys()]).toEqual([key]);
  });

  it('is gone with the key', async () => {
    const subject = subjectOf('ab');
    await contexts.keep(subject, new Sensitive(CONTEXT));
    keys.clear();
    await expect(contexts.of('north', subject.request)).rejects.toMatchObject({ reason: 'result_shredded' });
  });

  it('does not open in the place of the answer, nor of another request', async () => {
    const subject = subjectOf('ab');
    await contexts.keep(subject, new Sensitive(CONTEXT));
    const sealed = rows[0]?.context ?? Buffer.alloc(0);
    const place = { tenant: 'north', request: subject.request };
    await expect(vault.open(place, sealed)).rejects.toMatchObject({ reason: 'internal' });
    const other = newEventId();
    rows.push({ tenant: 'north', request: other, context: sealed });
    await expect(contexts.of('north', other)).rejects.toMatchObject({ reason: 'internal' });
  });

  it('is found by the study and by the order, which stand beside it as keyed hashes', async () => {
    const subject = subjectOf();
    const ordered = { ...CONTEXT, study: { uid: '1.2.3', accession: 'ACC-9' } };
    await contexts.keep(subject, new Sensitive(ordered));
    const found = (by: 'study' | 'accession', value: string, tenant = 'north') =>
      contexts.requestsOf(tenant, { by, value });
    expect(await found('study', '1.2.3')).toEqual([subject.request]);
    expect(await found('accession', ' ACC-9 ')).toEqual([subject.request]);
    for (const none of [found('study', 'ACC-9'), found('accession', '1.2.3'), found('study', '1.2.3', 'south')])
      expect(await none).toEqual([]);
    expect(JSON.stringify(rows)).not.toMatch(/ACC-9|1\.2\.3/);
  });

  it('is not searched for where too much would be found', async () => {
    for (let at = 0; at < 101; at += 1) await contexts.keep(subjectOf(), new Sensitive(CONTEXT));
    const search = contexts.requestsOf('north', { by: 'study', value: '1.2.3' });
    await expect(search).rejects.toMatchObject({ reason: 'invalid_request' });
  });

  it('is nothing of a request that was about no study', async () => {
    expect(await contexts.of('north', newEventId())).toBeUndefined();
  });
});
