import type { ServingError } from '@medserve/errors';
import { newEventId, type Activity, type ActivityEvent } from '@medserve/events';
import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';

const event = (name: Activity, tenant = 'north'): ActivityEvent => ({
  id: newEventId(),
  schema: 1,
  event: name,
  at: new Date().toISOString(),
  tenant,
  actor: 'somebody',
  subject: 'break-glass:1',
  outcome: 'success',
});

describe('BreakGlassStore', () => {
  let database: TestDatabase;
  let storage: Storage;

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 4, applicationName: 'spec', role: 'gateway' });
  }, 60_000);

  afterAll(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  let askers = 0;
  /** By somebody who has asked for none yet. */
  const someone = (): string => `asker-${String((askers += 1))}`;
  const requested = async (tenant = 'north', requester = someone()): Promise<string> => {
    const id = newEventId();
    const grant = { id, tenant, requester, reason: 'emergency_treatment', patient: null };
    await storage.breakGlass.request(grant, event('break_glass_requested', tenant));
    return id;
  };
  const approve = (id: string, approver = 'approver') =>
    storage.breakGlass.approve('north', id, approver, 30, event('break_glass_approved'));
  const end = (id: string, by: string, isTheirs = false) =>
    storage.breakGlass.end('north', id, by, isTheirs, event('break_glass_ended'));
  /** Lets time pass for a grant. */
  const age = (id: string, interval: string): Promise<unknown> =>
    database.superuser((sql) =>
      sql.query(
        `UPDATE break_glass SET requested_at = requested_at - $2::interval, approved_at = approved_at - $2::interval,
           expires_at = expires_at - $2::interval WHERE id = $1`,
        [id, interval],
      ),
    );
  const told = (): Promise<string[]> =>
    database.superuser(async (sql) => {
      const { rows } = await sql.query<{ payload: Buffer }>('SELECT payload FROM outbox ORDER BY position');
      return rows.map(({ payload }) => (JSON.parse(payload.toString()) as ActivityEvent).event);
    });

  it('waits until somebody else approves, and is open for the time given', async () => {
    const id = await requested();
    expect(await storage.breakGlass.find('north', id)).toMatchObject({ state: 'pending', approver: null });
    const grant = await approve(id);
    expect(grant).toMatchObject({ state: 'open', approver: 'approver' });
    const minutes = ((grant.expiresAt?.getTime() ?? 0) - Date.now()) / 60_000;
    expect(Math.round(minutes)).toBe(30);
  });

  it('is not approved by who asked for it, and nothing is told of the attempt as of an approval', async () => {
    const id = await requested('north', 'asker');
    const before = (await told()).length;
    await expect(approve(id, 'asker')).rejects.toMatchObject({ reason: 'break_glass_refused' });
    expect(await told()).toHaveLength(before);
    expect((await storage.breakGlass.find('north', id))?.state).toBe('pending');
  });

  it('is approved once', async () => {
    const id = await requested();
    const outcomes = await Promise.allSettled([approve(id, 'one'), approve(id, 'another')]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is over when its time is, and a request that nobody approved in an hour, too', async () => {
    const [open, pending] = [await requested(), await requested()];
    await approve(open);
    await age(open, '31 minutes');
    await age(pending, '61 minutes');
    expect((await storage.breakGlass.find('north', open))?.state).toBe('expired');
    expect((await storage.breakGlass.find('north', pending))?.state).toBe('expired');
    await expect(approve(pending)).rejects.toMatchObject({ reason: 'break_glass_refused' });
  });

  it('is ended before its time, once', async () => {
    const id = await requested();
    await approve(id);
    await end(id, 'approver');
    expect((await storage.breakGlass.find('north', id))?.state).toBe('ended');
    const again = end(id, 'approver');
    await expect(again).rejects.toMatchObject({ reason: 'break_glass_refused' });
    expect(await told()).toEqual(
      expect.arrayContaining(['break_glass_requested', 'break_glass_approved', 'break_glass_ended']),
    );
  });

  it('is not there for another tenant', async () => {
    const id = await requested('south');
    expect(await storage.breakGlass.find('north', id)).toBeUndefined();
    await expect(approve(id)).rejects.toMatchObject({ reason: 'not_found' });
    expect((await storage.breakGlass.live('north')).grants.map((grant) => grant.id)).not.toContain(id);
    expect((await storage.breakGlass.live('south')).grants.map((grant) => grant.id)).toEqual([id]);
  });

  it('cannot be given more than an hour, whoever writes the row', async () => {
    const id = await requested();
    await approve(id);
    const longer = database.superuser((sql) =>
      sql.query(`UPDATE break_glass SET expires_at = approved_at + interval '2 hours' WHERE id = $1`, [id]),
    );
    await expect(longer).rejects.toThrow('check constraint');
  });

  it('is refused to who has three that wait or are open, until the first of them ends, and to nobody else', async () => {
    const ids = [
      await requested('north', 'hasty'),
      await requested('north', 'hasty'),
      await requested('north', 'hasty'),
    ];
    await age(ids[1] ?? '', '50 minutes');
    const refused: unknown = await requested('north', 'hasty').catch((error: unknown) => error);
    expect(refused).toMatchObject({ reason: 'quota_exceeded', limit: 'grants: 3 at once' });
    const minutes = ((refused as ServingError).retryAfterMs ?? 0) / 60_000;
    expect(minutes).toBeGreaterThan(9);
    expect(minutes).toBeLessThanOrEqual(10);
    await requested('north', 'another');
    await requested('south', 'hasty');
    await age(ids[1] ?? '', '10 minutes');
    await requested('north', 'hasty');
  });

  it('is ended by who asked for it, who then may ask for another, and by nobody else who may not approve', async () => {
    const ids = [
      await requested('north', 'sorry'),
      await requested('north', 'sorry'),
      await requested('north', 'sorry'),
    ];
    await expect(end(ids[0] ?? '', 'stranger', true)).rejects.toMatchObject({ reason: 'not_found' });
    await end(ids[0] ?? '', 'sorry', true);
    await requested('north', 'sorry');
  });

  it('is given to one requester three times and no more, however many ask at once', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => requested('north', 'eager')));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });

  it('is refused to who asked for twenty within an hour, also where they ended each', async () => {
    for (let count = 0; count < 20; count += 1) await end(await requested('north', 'fickle'), 'fickle', true);
    await expect(requested('north', 'fickle')).rejects.toMatchObject({
      reason: 'quota_exceeded',
      limit: 'grants: 20 in 3600 s',
    });
  });

  it('is shown with all the others, page by page', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 101; count += 1) ids.push(await requested('east'));
    const first = await storage.breakGlass.live('east');
    expect(first.grants).toHaveLength(100);
    const second = await storage.breakGlass.live('east', first.next ?? undefined);
    expect(second.next).toBeNull();
    expect([...first.grants, ...second.grants].map(({ id }) => id)).toEqual(ids.sort().reverse());
  });
});
