import { newEventId, type ActivityEvent } from '@medserve/events';
import { FileKeyWrapper } from '@medserve/security';
import { acceptance, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { ContentVault } from '../content/content-vault';
import { DataKeys } from '../content/data-keys';
import { DestroyedKeyError } from '../destroyed-key';
import { openStorage, type Storage } from '../open-storage';

describe('ReviewStore', () => {
  let database: TestDatabase;
  let storage: Storage;
  const request = newEventId();

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 2, applicationName: 'spec', role: 'gateway' });
  }, 60_000);

  afterAll(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  const add = async (
    verdict: 'attested' | 'overridden',
    reason: string | null,
    tenant = 'north',
    corrections: Buffer | null = null,
  ): Promise<ActivityEvent> => {
    const event: ActivityEvent = {
      id: newEventId(),
      schema: 1,
      event: verdict === 'attested' ? 'result_attested' : 'result_overridden',
      at: new Date().toISOString(),
      tenant,
      actor: 'reader',
      subject: `result:${request}`,
      outcome: 'success',
    };
    const review = {
      id: newEventId(),
      tenant,
      request,
      verdict,
      reason,
      actor: 'reader',
      role: 'radiologist',
      corrections,
    };
    await storage.reviews.add(review, event);
    return event;
  };
  const outbox = (): Promise<string[]> =>
    database.superuser(async (sql) => {
      const { rows } = await sql.query<{ event: string }>('SELECT event FROM outbox');
      return rows.map(({ event }) => event);
    });

  it('keeps every verdict, the latest first, each with its event', async () => {
    const events = [await add('attested', null), await add('overridden', 'missed_finding')];
    expect(await storage.reviews.list('north', request)).toMatchObject([
      { verdict: 'overridden', reason: 'missed_finding', actor: 'reader', role: 'radiologist' },
      { verdict: 'attested', reason: null },
    ]);
    expect(await outbox()).toEqual(events.map(({ id }) => id));
  });

  it('takes no override without a reason, nor the event of one', async () => {
    const before = await outbox();
    await expect(add('overridden', null)).rejects.toMatchObject({ reason: 'unavailable' });
    expect(await outbox()).toEqual(before);
  });

  it('shows a tenant only its own', async () => {
    expect(await storage.reviews.list('south', request)).toEqual([]);
  });

  describe('with what would be right', () => {
    const place = { tenant: 'north', request: `${request}/review/x` };
    const sealedBy = async (vault: ContentVault) => {
      const answered = newEventId();
      const at = new Date().toISOString();
      const told = { tenant: 'north', request: answered, at };
      await storage.records.accept(acceptance({ id: answered, tenant: 'north' }));
      return vault.seal({ ...told, request: place.request }, Buffer.from('[]'));
    };
    const vaultOf = (): ContentVault =>
      new ContentVault(new DataKeys(storage.contentKeys, new FileKeyWrapper(Buffer.alloc(32, 7)), () => 0));

    it('keeps it sealed, and for its own tenant alone', async () => {
      const vault = vaultOf();
      const sealed = await sealedBy(vault);
      await add('overridden', 'wrong_location', 'north', sealed);
      const [newest] = await storage.reviews.list('north', request);
      expect(String(await vault.open(place, newest?.corrections ?? Buffer.alloc(0)))).toBe('[]');
      expect(await storage.reviews.list('south', request)).toEqual([]);
    });

    it('takes none that is plain, or under a key that another tenant has, nor their events', async () => {
      const sealed = await sealedBy(vaultOf());
      const before = await outbox();
      await expect(add('overridden', 'other', 'north', Buffer.from('[{}]'))).rejects.toMatchObject({
        reason: 'unavailable',
      });
      await expect(add('overridden', 'other', 'south', sealed)).rejects.toBeInstanceOf(DestroyedKeyError);
      expect(await outbox()).toEqual(before);
    });

    it('finds the key of no answer where there is none', async () => {
      expect(await storage.reviews.keyOfAnswer('north', newEventId())).toBeUndefined();
    });
  });
});
