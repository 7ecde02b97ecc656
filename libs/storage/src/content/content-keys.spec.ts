import { randomBytes, randomUUID } from 'node:crypto';
import { newEventId, type ActivityEvent } from '@medserve/events';
import { FileKeyWrapper } from '@medserve/security';
import { acceptance, completion, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { withConnection } from '../database/with-connection';
import { openStorage, type Storage } from '../open-storage';
import type { ContentSubject } from './content-key-store';
import { ContentVault } from './content-vault';
import { DataKeys } from './data-keys';
import { keyIdOf } from './sealed';

const SECRET = randomBytes(32);
const TENANT = 'home';
const PLAIN = Buffer.from('{"answer":"x"}');

const aPatient = (): string => randomBytes(32).toString('hex');

const shredded = (subject: string): ActivityEvent => ({
  id: newEventId(),
  schema: 1,
  event: 'content_shredded',
  at: new Date().toISOString(),
  tenant: TENANT,
  actor: 'operator',
  subject,
  outcome: 'success',
});

describe('stored content', () => {
  let database: TestDatabase;
  let storage: Storage;
  let nowMs = 0;

  /** As another gateway of the platform would have it. */
  const aVault = (secret = SECRET): ContentVault =>
    new ContentVault(new DataKeys(storage.contentKeys, new FileKeyWrapper(secret), () => nowMs));

  const told = (patient?: string, request = newEventId()) => ({
    tenant: TENANT,
    request,
    at: '2026-11-25T10:00:00.000Z',
    ...(patient === undefined ? {} : { patient }),
  });

  const destroy = (subject: ContentSubject): Promise<string | undefined> =>
    storage.contentKeys.destroy(TENANT, subject, shredded(subject));

  const sql = (text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> =>
    withConnection(
      database.url,
      async (connection) => (await connection.query<Record<string, unknown>>(text, values)).rows,
    );

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 4, applicationName: 'spec' });
  }, 60_000);

  afterAll(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  it('is opened by every gateway of the platform, and by nobody with another secret', async () => {
    const event = told(aPatient());
    const sealed = await aVault().seal(event, PLAIN);
    expect((await aVault().open(event, sealed)).equals(PLAIN)).toBe(true);
    await expect(aVault(randomBytes(32)).open(event, sealed)).rejects.toMatchObject({ reason: 'internal' });
  });

  it('has one key a patient, whoever needs it first, and one a month for requests about nobody that is known', async () => {
    const patient = aPatient();
    await Promise.all(Array.from({ length: 8 }, () => aVault().seal(told(patient), PLAIN)));
    await Promise.all(Array.from({ length: 3 }, () => aVault().seal(told(), PLAIN)));
    const subjects = ['patient:' + patient, 'month:2026-11'];
    const rows = await sql('SELECT subject FROM content_key WHERE subject = ANY ($1) ORDER BY subject', [subjects]);
    expect(rows.map(({ subject }) => subject)).toEqual([...subjects].reverse());
  });

  it('that is plain is read as it is where it may be: of a request of before answers were sealed', async () => {
    const { records } = storage;
    const request = acceptance({ tenant: TENANT });
    await records.accept(request);
    await records.finish({ ...completion(request.id), tenant: TENANT });
    expect(await records.find(TENANT, request.id)).not.toHaveProperty('isOfBeforeSealing');
    await expect(aVault().open(told(), PLAIN)).rejects.toMatchObject({ reason: 'internal' });

    await sql(`UPDATE request SET accepted_at = medserve_sealed_since() - interval '1 s' WHERE id = $1`, [request.id]);
    expect(await records.find(TENANT, request.id)).toMatchObject({ status: 'completed', isOfBeforeSealing: true });
    expect(await aVault().open(told(), PLAIN, true)).toBe(PLAIN);
    expect(await aVault().openUnlessShredded(told(), PLAIN)).toBe(PLAIN);
  });

  it('is gone for good once its key is destroyed: at once where the key was not at hand, in five seconds where it was', async () => {
    const event = told(aPatient());
    const other = told(aPatient());
    const busy = aVault();
    const sealed = await busy.seal(event, PLAIN);
    const kept = await busy.seal(other, PLAIN);
    await busy.open(event, sealed);
    await destroy(`patient:${event.patient ?? ''}`);
    await expect(aVault().open(event, sealed)).rejects.toMatchObject({ reason: 'result_shredded' });
    nowMs += 5_000;
    await expect(busy.open(event, sealed)).rejects.toMatchObject({ reason: 'result_shredded' });
    await expect(busy.openUnlessShredded(event, sealed)).resolves.toBe('shredded');
    expect((await busy.open(other, kept)).equals(PLAIN)).toBe(true);
  });

  it('is never stored under a key that is destroyed already, though that is still at hand: a fresh one is taken', async () => {
    const gateway = await openStorage({ url: database.url, poolSize: 1, applicationName: 'spec', role: 'gateway' });
    const { records } = gateway;
    const patient = aPatient();
    const busy = aVault();
    const [first, other] = [acceptance({ tenant: TENANT }), acceptance({ tenant: TENANT })];
    for (const request of [first, other]) await records.accept(request);
    const answered = told(patient, first.id);
    const stale = await busy.seal(answered, PLAIN);
    await destroy(`patient:${patient}`);
    const written: Buffer[] = [];
    // In one commit with the ending of another request, which it does not keep from being recorded.
    const endings = [
      busy.store(answered, PLAIN, (bytes) => {
        written.push(bytes);
        return records.finish({ ...completion(first.id), tenant: TENANT, result: { bytes, contentType: 'x' } });
      }),
      records.finish({ ...completion(other.id), tenant: TENANT }),
    ];
    expect(await Promise.all(endings)).toEqual([{ kind: 'recorded' }, { kind: 'recorded' }]);
    expect(written.map((bytes) => keyIdOf(bytes) === keyIdOf(stale))).toEqual([true, false]);
    const stored = (await records.result(TENANT, first.id))?.bytes ?? stale;
    expect((await aVault().open(answered, stored)).equals(PLAIN)).toBe(true);
    await gateway.close();
  });

  it('keeps the row of a destroyed key without the key, tells of it in the same commit, and starts anew', async () => {
    const event = told(aPatient());
    const subject: ContentSubject = `patient:${event.patient ?? ''}`;
    await aVault().seal(event, PLAIN);
    const id = await destroy(subject);
    expect(await sql('SELECT wrapped, destroyed_at IS NULL AS lives FROM content_key WHERE id = $1', [id])).toEqual([
      { wrapped: null, lives: false },
    ]);
    const [row] = await sql(`SELECT convert_from(payload, 'UTF8') AS event FROM outbox ORDER BY position DESC LIMIT 1`);
    expect(row?.['event']).toContain(subject);
    expect(await destroy(subject)).toBeUndefined();
    nowMs += 5_000;
    const again = await aVault().seal(event, PLAIN);
    expect((await aVault().open(event, again)).equals(PLAIN)).toBe(true);
    await expect(
      sql('UPDATE content_key SET destroyed_at = NULL, wrapped = $2 WHERE id = $1', [id, randomBytes(60)]),
    ).rejects.toThrow(/once/);
  });

  it('is not destroyed while a legal hold is on its patient, or on the tenant', async () => {
    const event = told(aPatient());
    await aVault().seal(event, PLAIN);
    const held = (patient: string | null) =>
      sql(`INSERT INTO legal_hold (id, tenant, patient, reason, placed_by) VALUES ($1, $2, $3, 'case-1', 'lawyer')`, [
        randomUUID(),
        TENANT,
        patient,
      ]);
    const release = () => sql(`UPDATE legal_hold SET released_by = 'lawyer', released_at = now()`);
    const subject: ContentSubject = `patient:${event.patient ?? ''}`;
    for (const patient of [event.patient ?? '', null]) {
      await held(patient);
      await expect(destroy(subject)).rejects.toMatchObject({ reason: 'forbidden' });
      await release();
    }
    await held(aPatient());
    // A month's answers may be of anybody, so of the one who is held.
    await expect(destroy('month:2026-11')).rejects.toMatchObject({ reason: 'forbidden' });
    expect(await destroy(subject)).toBeDefined();
    await release();
  });

  it('is not destroyed while a study shows its patient and somebody who is on hold: it would go, too', async () => {
    const [patient, other, held] = [aPatient(), aPatient(), aPatient()];
    const study = (uid: string, first: string, patients: string) =>
      sql('INSERT INTO dicom_study (tenant, study_uid, patient, patients, sender) VALUES ($1, $2, $3, $4, $5)', [
        TENANT,
        uid,
        first,
        patients,
        'CT1',
      ]);
    await study('1.1', held, `{${held},${patient}}`);
    await study('1.2', other, `{${other}}`);
    await sql(`INSERT INTO legal_hold (id, tenant, patient, reason, placed_by) VALUES ($1, $2, $3, 'case-1', 'x')`, [
      randomUUID(),
      TENANT,
      held,
    ]);
    await expect(destroy(`patient:${patient}`)).rejects.toMatchObject({ reason: 'forbidden' });
    expect(await destroy(`patient:${other}`)).toBeUndefined();
    await sql(`UPDATE legal_hold SET released_by = 'x', released_at = now()`);
  });

  it('is told of without a key where something else goes with it, and only then', async () => {
    const subject: ContentSubject = `patient:${aPatient()}`;
    const count = async () =>
      (await sql(`SELECT FROM outbox WHERE convert_from(payload, 'UTF8') LIKE $1`, [`%${subject}%`])).length;
    expect([await destroy(subject), await count()]).toEqual([undefined, 0]);
    const again = storage.contentKeys.destroy(TENANT, subject, shredded(subject), true);
    expect([await again, await count()]).toEqual([undefined, 1]);
  });

  it('fails closed: neither stored nor read while the keys cannot be read', async () => {
    const down = await openStorage({ url: database.url, poolSize: 1, applicationName: 'spec' });
    const vault = new ContentVault(new DataKeys(down.contentKeys, new FileKeyWrapper(SECRET), () => nowMs));
    const event = told(aPatient());
    const sealed = await aVault().seal(event, PLAIN);
    await down.close();
    await expect(vault.open(event, sealed)).rejects.toMatchObject({ reason: 'unavailable' });
    await expect(vault.seal(event, PLAIN)).rejects.toMatchObject({ reason: 'unavailable' });
  });
});
