import { ServingError } from '@medserve/errors';
import type { ActivityEvent } from '@medserve/events';
import type { Principal } from '@medserve/security';
import type { FacedWorkitem, Workitems as StoredWorkitems } from '@medserve/storage';
import type { Deed } from '../activities/activities';
import { Workitems } from './workitems';

const BY: Principal = { id: 'key-1', kind: 'key', tenant: 'north', scopes: new Set(['infer']) };

const ours = {
  isOurs: true,
  studyUid: '1.2',
  generation: 1,
  state: 'IN PROGRESS',
  revision: 0,
  dataSet: null,
} as const;
const theirs = { isOurs: false, studyUid: null, generation: null, revision: 3, dataSet: {}, label: 'room' } as const;
const faced = (more: Partial<FacedWorkitem>): FacedWorkitem => ({ uid: '1.9', uuid: null, ...more }) as FacedWorkitem;

interface World {
  readonly standing?: readonly (FacedWorkitem | 'removed')[];
  readonly claims?: boolean;
  readonly isLatest?: boolean;
  readonly cancelling?: ServingError;
}

function rig({ standing = [], claims = true, isLatest = true, cancelling }: World = {}) {
  const heard = { cancelled: [] as string[], created: [] as string[], told: [] as Deed[], looks: 0 };
  const store: Partial<StoredWorkitems['store']> = {
    find: () => {
      heard.looks += 1;
      return Promise.resolve(standing[Math.min(heard.looks, standing.length) - 1]);
    },
    findWork: () => Promise.resolve(undefined),
    claim: () => Promise.resolve(claims),
    create: ({ uid }) => {
      heard.created.push(uid);
      return Promise.resolve(true);
    },
    isLatest: () => Promise.resolve(isLatest),
  };
  const workitems = new Workitems({
    store: store as StoredWorkitems['store'],
    studies: {
      cancel: (_by, studyUid) => {
        if (cancelling !== undefined) return Promise.reject(cancelling);
        heard.cancelled.push(studyUid);
        return Promise.resolve({ studyUid, generation: 1, state: 'skipped' });
      },
    },
    activities: {
      tell: () => Promise.resolve(),
      eventOf: (_by, deed) => {
        heard.told.push(deed);
        return {} as ActivityEvent;
      },
    },
    references: { study: () => 'ab12', patient: () => 'cd34' },
    isRoute: () => false,
    wake: () => undefined,
    now: () => new Date('2026-11-26T07:00:00Z'),
  });
  return { workitems, heard };
}

const claim = { to: 'IN PROGRESS', transactionUid: '2.25.1' } as const;

describe('the worklist of a tenant', () => {
  it('lets go of its own work where that is the latest of its study', async () => {
    const { workitems, heard } = rig({ standing: [faced(ours)] });
    expect(await workitems.requestCancel(BY, '1.9', {})).toEqual({ kind: 'done' });
    expect(heard.cancelled).toEqual(['1.2']);
  });

  it('calls nothing back that was overtaken, or is on its way to destinations', async () => {
    const overtaken = rig({ standing: [faced(ours)], isLatest: false });
    expect(await overtaken.workitems.requestCancel(BY, '1.9', {})).toEqual({ kind: 'done' });
    expect(overtaken.heard.cancelled).toEqual([]);
    const cancelling = new ServingError('study_state', 'The study is exporting.');
    const exporting = rig({ standing: [faced(ours)], cancelling });
    expect(await exporting.workitems.requestCancel(BY, '1.9', {})).toEqual({ kind: 'done' });
    const away = rig({ standing: [faced(ours)], cancelling: new ServingError('unavailable', 'away') });
    await expect(away.workitems.requestCancel(BY, '1.9', {})).rejects.toMatchObject({ reason: 'unavailable' });
  });

  it('creates a workitem with the UID of its data set where the request has none', async () => {
    const { workitems, heard } = rig();
    const sent = {
      '00080018': { vr: 'UI', Value: ['1.7'] },
      '00404005': { vr: 'DT', Value: ['20261126070000'] },
      '00404041': { vr: 'CS', Value: ['READY'] },
      '00741000': { vr: 'CS', Value: ['SCHEDULED'] },
      '00741200': { vr: 'CS', Value: ['LOW'] },
      '00741204': { vr: 'LO', Value: ['Read'] },
    };
    expect((await workitems.create(BY, undefined, sent)).uid).toBe('1.7');
    await expect(workitems.create(BY, '1.6', sent)).rejects.toMatchObject({ field: 'SOPInstanceUID' });
    expect(heard.created).toEqual(['1.7']);
  });

  it('makes a workitem nobody else’s', async () => {
    const { workitems } = rig({ standing: [faced({ ...theirs, state: 'SCHEDULED', modifiedAt: new Date(0) })] });
    const changes = { '00100020': { vr: 'LO', Value: ['P-8'] } };
    await expect(workitems.update(BY, '1.9', undefined, changes)).rejects.toMatchObject({ field: 'PatientID' });
  });

  it('gives nobody what the platform performs', async () => {
    const { workitems } = rig({ standing: [faced({ ...ours, state: 'SCHEDULED' })] });
    expect(await workitems.changeState(BY, '1.9', claim)).toMatchObject({ kind: 'refused', status: 0xc302 });
    expect(await workitems.update(BY, '1.9', undefined, {})).toMatchObject({ kind: 'refused', status: 0xc302 });
  });

  it('looks again where another was quicker, and says what it finds then', async () => {
    const free = faced({ ...theirs, state: 'SCHEDULED' });
    const taken = faced({ ...theirs, state: 'IN PROGRESS', transactionUid: '2.25.2' });
    const { workitems, heard } = rig({ standing: [free, taken], claims: false });
    expect(await workitems.changeState(BY, '1.9', claim)).toEqual({ kind: 'refused', status: 0xc302 });
    expect(heard.looks).toBe(2);
  });

  it('gives up on one that never stands still', async () => {
    const { workitems } = rig({ standing: [faced({ ...theirs, state: 'SCHEDULED' })], claims: false });
    await expect(workitems.changeState(BY, '1.9', claim)).rejects.toMatchObject({ reason: 'workitem_state' });
  });

  it('has a claim on record without its UID', async () => {
    const { workitems, heard } = rig({ standing: [faced({ ...theirs, state: 'SCHEDULED' })] });
    await workitems.changeState(BY, '1.9', claim);
    expect(heard.told).toEqual([
      { event: 'workitem_changed', subject: 'workitem:ab12', outcome: 'success', facts: { change: 'claimed' } },
    ]);
  });

  it('knows what was removed from what never was', async () => {
    await expect(rig({ standing: ['removed'] }).workitems.find(BY, '1.9')).rejects.toMatchObject({
      reason: 'workitem_removed',
    });
    await expect(rig().workitems.find(BY, '1.9')).rejects.toMatchObject({ reason: 'not_found' });
  });
});
