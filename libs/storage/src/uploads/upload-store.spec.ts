import { randomBytes } from 'node:crypto';
import { newEventId, type ActivityEvent } from '@medserve/events';
import { FileKeyWrapper } from '@medserve/security';
import { activityEvent, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { ContentVault } from '../content/content-vault';
import { DataKeys } from '../content/data-keys';
import { openStorage, type Storage } from '../open-storage';
import { UPLOAD_LIMITS, type UploadStore } from './upload-store';

const eventOf = (event: 'file_uploaded' | 'file_deleted', tenant: string, id: string): ActivityEvent =>
  activityEvent({
    event,
    tenant,
    subject: `file:${id}`,
  });

describe('uploaded files', () => {
  let database: TestDatabase;
  let gateway: Storage;
  let recorder: Storage;
  let vault: ContentVault;
  let uploads: UploadStore;

  beforeAll(async () => {
    database = await startTestDatabase();
    const open = (role: 'gateway' | 'recorder') =>
      openStorage({ url: database.url, poolSize: 4, applicationName: 'spec', role });
    [gateway, recorder] = await Promise.all([open('gateway'), open('recorder')]);
    vault = new ContentVault(new DataKeys(gateway.contentKeys, new FileKeyWrapper(randomBytes(32)), () => 0));
    ({ uploads } = gateway);
  }, 60_000);

  afterAll(async () => {
    await Promise.all([gateway.close(), recorder.close()]);
    await database.close();
  }, 30_000);

  /** A file of `key-1` in the tenant. */
  const aFile = async (
    text: string,
    { tenant = 'north', ttlSeconds = 600, bytes = text.length, patient = '' } = {},
  ) => {
    const id = newEventId();
    const key = { tenant, owner: 'key-1', id };
    const of = patient === '' ? {} : { patient };
    const place = { tenant, request: id, at: new Date().toISOString(), ...of };
    const content = await vault.seal(place, Buffer.from(text));
    const upload = await uploads.add(
      { ...key, content, bytes, ttlSeconds, ...of },
      eventOf('file_uploaded', tenant, id),
    );
    return { place, upload, key, id };
  };
  const told = (id: string): Promise<string[]> =>
    database.superuser(async (sql) => {
      const { rows } = await sql.query<{ payload: Buffer }>('SELECT payload FROM outbox ORDER BY position');
      const events = rows.map(({ payload }) => JSON.parse(payload.toString()) as ActivityEvent);
      return events.filter(({ subject }) => subject === `file:${id}`).map(({ event, actor }) => `${event} ${actor}`);
    });

  it('are found by their owner, and open as they were sent', async () => {
    const { id, key, place, upload } = await aFile('pixels');
    const stored = await uploads.read(key);
    expect((await vault.open(place, stored?.content ?? Buffer.alloc(0))).toString()).toBe('pixels');
    expect(await uploads.describe(key)).toEqual(upload);
    expect(upload).toMatchObject({ id, bytes: 6 });
    expect(upload.expiresAt.getTime() - upload.createdAt.getTime()).toBe(600_000);
  });

  it.each([{ tenant: 'south' }, { owner: 'key-2' }])('are not there for %j, who cannot remove them', async (other) => {
    const { id, key } = await aFile('pixels');
    const another = { ...key, ...other };
    expect(await uploads.read(another)).toBeUndefined();
    expect(await uploads.describe(another)).toBeUndefined();
    expect(await uploads.remove(another, eventOf('file_deleted', another.tenant, id))).toBe(false);
    expect(await uploads.read(key)).toBeDefined();
    expect(await told(id)).toEqual(['file_uploaded key-1']);
  });

  it('say whom they show, where their sender did', async () => {
    const patient = randomBytes(32).toString('hex');
    const [named, unnamed] = [await aFile('pixels', { patient }), await aFile('pixels')];
    expect(await uploads.read(named.key)).toMatchObject({ patient });
    expect(await uploads.read(unnamed.key)).toMatchObject({ patient: null });
  });

  it('are removed once, which is on record as their upload is', async () => {
    const { id, key } = await aFile('pixels');
    expect(await uploads.remove(key, eventOf('file_deleted', 'north', id))).toBe(true);
    expect(await uploads.remove(key, eventOf('file_deleted', 'north', id))).toBe(false);
    expect(await told(id)).toEqual(['file_uploaded key-1', 'file_deleted key-1']);
  });

  it('are gone when their time is over, and swept by a recorder, which says so', async () => {
    const { id, key } = await aFile('pixels', { ttlSeconds: 0 });
    const { key: other } = await aFile('pixels');
    expect(await uploads.read(key)).toBeUndefined();
    expect(await recorder.uploads.sweep(new Date())).toBe(1);
    expect(await recorder.uploads.sweep(new Date())).toBe(0);
    expect(await told(id)).toEqual(['file_uploaded key-1', 'file_deleted recorder']);
    expect(await uploads.read(other)).toBeDefined();
  });

  it('are refused where they are not sealed', async () => {
    const id = newEventId();
    const plain = { id, tenant: 'north', owner: 'key-1', content: Buffer.from('pixels'), bytes: 6, ttlSeconds: 600 };
    await expect(uploads.add(plain, eventOf('file_uploaded', 'north', id))).rejects.toThrow();
    expect(await told(id)).toEqual([]);
  });

  it('are refused, unrecorded, where the tenant keeps as much as may be', async () => {
    await aFile('pixels', { tenant: 'full', bytes: UPLOAD_LIMITS.bytes });
    await expect(aFile('pixels', { tenant: 'full' })).rejects.toMatchObject({
      reason: 'quota_exceeded',
      limit: `uploaded files: 1000 files, ${String(UPLOAD_LIMITS.bytes)} bytes`,
    });
  });

  it('are no more than may be, however many come at once', async () => {
    const bytes = UPLOAD_LIMITS.bytes / 2;
    const sent = await Promise.allSettled(
      Array.from({ length: 8 }, () => aFile('pixels', { tenant: 'hurried', bytes })),
    );
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  });
});
