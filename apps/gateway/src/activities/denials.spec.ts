import type { Principal } from '@medserve/security';
import { PRINCIPAL } from '../testing/image-world';
import { ToldActivities } from '../testing/told-activities';
import { Denials, TOLD_SINGLY } from './denials';

const denial = { reason: 'forbidden', subject: 'route:/v1/audit/:id' } as const;
const other = (id: string, tenant = 't'): Principal => ({ ...PRINCIPAL, id, tenant });

describe('Denials', () => {
  let world: ToldActivities;
  let denials: Denials;
  beforeEach(() => {
    world = new ToldActivities();
    denials = new Denials(world.activities);
  });

  const deny = async (times: number, by = PRINCIPAL): Promise<void> => {
    for (let time = 0; time < times; time += 1) await denials.of(by, denial);
  };
  const facts = (): unknown[] => world.told.map((event) => event.facts).filter((fact) => fact !== undefined);

  it('tells of who was refused what, and why', async () => {
    await deny(1);
    expect(world.told).toMatchObject([
      {
        event: 'access_denied',
        actor: 'k',
        tenant: 't',
        subject: denial.subject,
        reason: 'forbidden',
        outcome: 'refused',
      },
    ]);
  });

  it('tells the first of a minute one by one and the rest in one entry, so that nobody fills the ledger', async () => {
    await deny(5_000);
    await denials.of(PRINCIPAL, { reason: 'not_found', subject: 'result:1' });
    expect(world.told).toHaveLength(TOLD_SINGLY);
    await denials.flush();
    expect(world.told).toHaveLength(TOLD_SINGLY + 1);
    expect(facts()).toEqual([{ count: 4_991, forbidden: 4_990, notFound: 1 }]);
  });

  it('begins anew with the next minute', async () => {
    await deny(TOLD_SINGLY);
    await denials.flush();
    await deny(1);
    await denials.flush();
    expect(world.told).toHaveLength(TOLD_SINGLY + 1);
  });

  it('counts one credential apart from another', async () => {
    await deny(TOLD_SINGLY + 1);
    await deny(1, other('another'));
    expect(world.told.at(-1)?.actor).toBe('another');
  });

  it('tells of all that came without a credential in one entry, in the log of the home', async () => {
    for (let time = 0; time < 300; time += 1) denials.unknown('unauthenticated');
    expect(world.told).toEqual([]);
    await denials.flush();
    expect(world.told).toMatchObject([
      { tenant: 'home', actor: 'gateway', actorKind: 'service', facts: { count: 300, unauthenticated: 300 } },
    ]);
    await denials.flush();
    expect(world.told).toHaveLength(1);
  });

  it('keeps no more than a thousand credentials apart; the rest of a tenant counts together', async () => {
    for (let at = 0; at < 1_050; at += 1) await denials.of(other(`k${String(at)}`), denial);
    expect(world.told).toHaveLength(1_000);
    await denials.flush();
    expect(facts()).toEqual([{ count: 50, forbidden: 50 }]);
    expect(world.told.at(-1)).toMatchObject({ tenant: 't', actor: 'gateway' });
  });

  it('refuses without a database as well, and tells of it when there is one again', async () => {
    world.isAway = true;
    await deny(3);
    denials.unknown('unauthenticated');
    await denials.flush();
    expect(world.told).toEqual([]);
    world.isAway = false;
    await denials.flush();
    expect(facts()).toEqual(
      expect.arrayContaining([
        { count: 3, forbidden: 3 },
        { count: 1, unauthenticated: 1 },
      ]),
    );
  });
});
