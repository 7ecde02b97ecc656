import { randomBytes } from 'node:crypto';
import { newEventId } from '@medserve/events';
import { FileKeyWrapper } from '@medserve/security';
import { acceptance, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { ContentVault } from '../content/content-vault';
import { DataKeys } from '../content/data-keys';
import { openStorage, type Storage } from '../open-storage';

describe('what is stored of the studies of requests', () => {
  let database: TestDatabase;
  let gateway: Storage;
  let vault: ContentVault;

  beforeAll(async () => {
    database = await startTestDatabase();
    gateway = await openStorage({ url: database.url, poolSize: 4, applicationName: 'spec', role: 'gateway' });
    vault = new ContentVault(new DataKeys(gateway.contentKeys, new FileKeyWrapper(randomBytes(32)), () => 0));
  }, 60_000);

  afterAll(async () => {
    await gateway.close();
    await database.close();
  }, 30_000);

  /** An accepted request of the tenant, and its context, sealed. */
  const aContext = async (text: string, tenant = 'north') => {
    const request = newEventId();
    await gateway.records.accept(acceptance({ id: request, tenant }));
    const place = { tenant, request, at: new Date().toISOString() };
    return { tenant, request, context: await vault.seal(place, Buffer.from(text)), place };
  };

  it('comes back to its own tenant as it was, and is not there for another', async () => {
    const { place, ...context } = await aContext('CT of P-17');
    await gateway.contexts.add(context);
    const found = await gateway.contexts.find('north', context.request);
    expect(String(await vault.open(place, found ?? Buffer.alloc(0)))).toBe('CT of P-17');
    expect(await gateway.contexts.find('south', context.request)).toBeUndefined();
    expect(await gateway.contexts.find('north', newEventId())).toBeUndefined();
  });

  it('is found by its study and its order, the newest first, by its own tenant', async () => {
    const [study, accession] = ['ab'.repeat(32), 'cd'.repeat(32)];
    const [first, second, foreign] = [await aContext('1'), await aContext('2'), await aContext('3', 'south')];
    for (const context of [first, foreign]) await gateway.contexts.add({ ...context, study });
    await gateway.contexts.add({ ...second, study, accession });
    const found = (tenant: string, key: 'study' | 'accession', hash: string, limit = 9): Promise<string[]> =>
      gateway.contexts.requestsBy(tenant, key, hash, limit);
    expect(await found('north', 'study', study)).toEqual([second.request, first.request]);
    expect(await found('north', 'study', study, 1)).toEqual([second.request]);
    expect(await found('north', 'accession', accession)).toEqual([second.request]);
    expect(await found('south', 'study', study)).toEqual([foreign.request]);
    expect(await found('south', 'accession', accession)).toEqual([]);
  });

  it('is written once, whatever comes later', async () => {
    const { place, ...context } = await aContext('first');
    await gateway.contexts.add(context);
    await gateway.contexts.add({ ...context, context: await vault.seal(place, Buffer.from('second')) });
    expect((await gateway.contexts.find('north', context.request))?.equals(context.context)).toBe(true);
  });

  it('is refused plain, and of a request that was never accepted', async () => {
    const { tenant, request, context } = await aContext('x');
    const plain = { tenant, request, context: Buffer.from('plain') };
    await expect(gateway.contexts.add(plain)).rejects.toThrow();
    await expect(gateway.contexts.add({ tenant, request: newEventId(), context })).rejects.toThrow();
    expect(await gateway.contexts.find(tenant, request)).toBeUndefined();
  });
});
