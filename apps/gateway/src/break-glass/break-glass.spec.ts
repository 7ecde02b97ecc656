import { newEventId } from '@medserve/events';
import { noopInstruments } from '@medserve/runtime';
import { SubjectReferences, type Principal } from '@medserve/security';
import type { Grant, NewGrant } from '@medserve/storage';
import { ToldActivities } from '../testing/told-activities';
import { BreakGlass, type Use } from './break-glass';

const NURSE: Principal = { id: 'nurse', kind: 'user', tenant: 't', scopes: new Set(['infer']) };
const RESULT = newEventId();
const reading: Use = { route: '/v1/results/:id', access: 'result:read', id: RESULT };
const references = new SubjectReferences(Buffer.alloc(32));

describe('BreakGlass', () => {
  let world: ToldActivities;
  let grants: Map<string, Grant>;
  let breakGlass: BreakGlass;
  let patients: Map<string, string>;
  let ofStudies: Map<string, readonly string[]>;
  let ended: [id: string, by: string, isTheirs: boolean][];

  beforeEach(() => {
    world = new ToldActivities();
    grants = new Map();
    patients = new Map();
    ofStudies = new Map();
    ended = [];
    const open = ({ id, requester, reason, patient }: NewGrant): Promise<void> => {
      const requestedAt = new Date(0);
      grants.set(id, {
        id,
        requester,
        reason,
        patient,
        state: 'pending',
        requestedAt,
        approver: null,
        expiresAt: null,
      });
      return Promise.resolve();
    };
    breakGlass = new BreakGlass({
      store: {
        request: open,
        approve: (_tenant, id) => {
          const grant = { ...(grants.get(id) as Grant), state: 'open' as const };
          grants.set(id, grant);
          return Promise.resolve(grant);
        },
        end: (_tenant, id, by, isTheirs) => {
          ended.push([id, by, isTheirs]);
          return Promise.resolve();
        },
        find: (tenant, id) => Promise.resolve(tenant === 't' ? grants.get(id) : undefined),
        live: () => Promise.resolve({ grants: [...grants.values()], next: null }),
      },
      activities: world.activities,
      patientOf: (_tenant, request) => Promise.resolve(patients.get(request)),
      patientsOfStudy: (_tenant, study) => Promise.resolve(ofStudies.get(study) ?? []),
      references,
      instruments: noopInstruments(),
    });
  });

  const granted = async (patient?: { readonly id: string }): Promise<string> => {
    const id = await breakGlass.request(NURSE, { reason: 'emergency_treatment', patient });
    await breakGlass.approve({ ...NURSE, id: 'doctor' }, id, 60);
    return id;
  };

  it('lets its holder read results and the audit, with the purpose BTG, once that is on record', async () => {
    const id = await granted();
    const reader = await breakGlass.widen(NURSE, id, reading);
    expect(reader.purpose).toBe('BTG');
    expect([...reader.scopes].sort()).toEqual(['audit:read', 'infer', 'result:read']);
    expect(world.told).toMatchObject([
      {
        event: 'break_glass_used',
        actor: 'nurse',
        purpose: 'BTG',
        subject: `break-glass:${id}`,
        facts: { route: 'v1/results/:id', result: RESULT },
      },
    ]);
  });

  it('tells of a read of whatever route in words of the records', async () => {
    const route = '/dicom-web/studies/:study/bulkdata/*';
    await breakGlass.widen(NURSE, await granted(), { route, access: 'result:read', id: undefined });
    expect(world.told).toMatchObject([{ facts: { route: 'dicom-web/studies/:study/bulkdata/-' } }]);
  });

  it('tells of every read', async () => {
    const id = await granted();
    for (let read = 0; read < 3; read += 1) await breakGlass.widen(NURSE, id, reading);
    expect(world.told).toHaveLength(3);
  });

  it('lets nobody read where it cannot be put on record', async () => {
    const id = await granted();
    world.isAway = true;
    await expect(breakGlass.widen(NURSE, id, reading)).rejects.toMatchObject({ reason: 'unavailable' });
  });

  it.each<[string, (id: string) => Promise<unknown>]>([
    [
      'without approval',
      async () => breakGlass.widen(NURSE, await breakGlass.request(NURSE, { reason: 'system_failure' }), reading),
    ],
    ['of another person', (id) => breakGlass.widen({ ...NURSE, id: 'porter' }, id, reading)],
    ['of another tenant', (id) => breakGlass.widen({ ...NURSE, tenant: 'u' }, id, reading)],
    ['that never was', () => breakGlass.widen(NURSE, newEventId(), reading)],
    ['that is no id', () => breakGlass.widen(NURSE, "' OR 1=1", reading)],
    [
      'whose time is over',
      (id) => {
        grants.set(id, { ...(grants.get(id) as Grant), state: 'expired' });
        return breakGlass.widen(NURSE, id, reading);
      },
    ],
  ])('refuses a grant %s, and tells of no use', async (_what, use) => {
    const id = await granted();
    await expect(use(id)).rejects.toMatchObject({ reason: 'break_glass_refused' });
    expect(world.told).toEqual([]);
  });

  it('gives nothing for what is not reading', async () => {
    const id = await granted();
    for (const access of ['infer', 'model:manage', 'audit:export', 'result:attest']) {
      expect(await breakGlass.widen(NURSE, id, { ...reading, access })).toBe(NURSE);
    }
    expect(world.told).toEqual([]);
  });

  it('for one patient reads what is about them, and nothing of others or of nobody known', async () => {
    const id = await granted({ id: 'P1' });
    const [theirs, others, unknown] = [newEventId(), newEventId(), newEventId()];
    patients.set(theirs, references.patient('t', { id: 'P1' }));
    patients.set(others, references.patient('t', { id: 'P2' }));
    await breakGlass.widen(NURSE, id, { ...reading, id: theirs });
    for (const use of [others, unknown, undefined]) {
      const refused = breakGlass.widen(NURSE, id, { ...reading, id: use });
      await expect(refused).rejects.toMatchObject({ reason: 'break_glass_refused' });
    }
    expect(world.told).toHaveLength(1);
  });

  it('for one patient reads the studies that show them, and none that shows others as well or nobody known', async () => {
    const id = await granted({ id: 'P1' });
    const [theirs, others] = [references.patient('t', { id: 'P1' }), references.patient('t', { id: 'P2' })];
    for (const [study, shown] of [
      ['1.1', [theirs]],
      ['1.2', [others]],
      ['1.3', [theirs, others]],
    ] as const)
      ofStudies.set(study, shown);
    const read = (study: string) =>
      breakGlass.widen(NURSE, id, { route: '/dicom-web/studies/:study', access: 'result:read', id: undefined, study });
    expect((await read('1.1')).scopes).toContain('result:read');
    for (const study of ['1.2', '1.3', '1.4'])
      await expect(read(study)).rejects.toMatchObject({ reason: 'break_glass_refused' });
    expect(world.told).toHaveLength(1);
  });

  it('is ended by who asked for it as theirs, and by who approves as anybody’s', async () => {
    const id = await granted();
    await breakGlass.withdraw(NURSE, id);
    await breakGlass.end({ ...NURSE, id: 'doctor' }, id);
    expect(ended).toEqual([
      [id, 'nurse', true],
      [id, 'doctor', false],
    ]);
  });

  it('works on while the outbox is full', async () => {
    world.isFull = true;
    const id = await granted();
    await breakGlass.widen(NURSE, id, reading);
    await breakGlass.withdraw(NURSE, id);
    expect(world.brief).toEqual([`break_glass_used break-glass:${id} success`]);
  });

  it('shows no page that is none', async () => {
    await expect(breakGlass.live(NURSE, ['x'])).rejects.toMatchObject({ reason: 'invalid_request', field: 'before' });
  });

  it('changes nothing for who sends no grant', async () => {
    expect(await breakGlass.widen(NURSE, undefined, reading)).toBe(NURSE);
  });

  it('shows a grant to who asked for it, and to nobody else by its id', async () => {
    const id = await granted();
    expect(await breakGlass.own(NURSE, id)).toMatchObject({ id, state: 'open' });
    await expect(breakGlass.own({ ...NURSE, id: 'porter' }, id)).rejects.toMatchObject({ reason: 'not_found' });
  });
});
