import type { Principal } from '@medserve/security';
import { ToldActivities } from '../testing/told-activities';
import type { Deed } from './activities';

const BY: Principal = { id: 'key', kind: 'key', tenant: 't', scopes: new Set() };
const CREATED: Deed = { event: 'key_created', subject: 'key:1', outcome: 'success' };

describe('Activities', () => {
  let world: ToldActivities;

  beforeEach(() => {
    world = new ToldActivities();
  });

  it('tells who did what', async () => {
    await world.activities.tell(BY, CREATED);
    expect(world.told).toMatchObject([{ ...CREATED, tenant: 't', actor: 'key', actorKind: 'key' }]);
  });

  describe('while the outbox is full', () => {
    beforeEach(() => {
      world.isFull = true;
    });

    it.each<Deed>([
      CREATED,
      { event: 'result_read', subject: 'result:1', outcome: 'success' },
      { event: 'audit_exported', subject: 'audit:search', outcome: 'success' },
    ])('refuses what a caller does, with a time to come back: $event', async (deed) => {
      const refused = world.activities.tell(BY, deed);
      await expect(refused).rejects.toMatchObject({ reason: 'unavailable', retryAfterMs: 5_000 });
      expect(() => world.activities.eventOf(BY, deed)).toThrow('full');
      expect(world.told).toEqual([]);
    });

    it.each<[string, Principal, Deed]>([
      ['what was denied', BY, { event: 'access_denied', subject: 'route:/v1/keys', outcome: 'refused' }],
      ['how a change ended that had begun', BY, { event: 'model_loaded', subject: 'model:m', outcome: 'refused' }],
      ['break-glass', BY, { event: 'break_glass_requested', subject: 'break-glass:1', outcome: 'success' }],
      [
        'what is read under a grant',
        { ...BY, purpose: 'BTG' },
        { event: 'result_read', subject: 'result:1', outcome: 'success' },
      ],
    ])('still tells %s', async (_what, by, deed) => {
      await world.activities.tell(by, deed);
      expect(world.told).toHaveLength(1);
    });
  });
});
