import { ServingError } from '@medserve/errors';
import type { ActivityEvent } from '@medserve/events';
import type { Principal } from '@medserve/security';
import type { FacedWorkitem, Subscriber } from '@medserve/storage';
import { UPS_FILTERED, UPS_GLOBAL } from '@medserve/studies';
import type { Deed } from '../../activities/activities';
import { WorkitemSubscriptions } from './workitem-subscriptions';

const BY: Principal = { id: 'key-1', kind: 'key', tenant: 'north', scopes: new Set(['result:read']) };
const UUID = '67a74e62-0a37-8a85-818c-f8dcb34308e5';
const ITEMS: Readonly<Record<string, Pick<FacedWorkitem, 'uid' | 'uuid'>>> = {
  '1.9': { uid: '1.9', uuid: null },
  '2.25.1': { uid: null, uuid: UUID },
};

function rig({ isDone = true } = {}) {
  const asked: { readonly what: string; readonly who: Subscriber; readonly of: unknown }[] = [];
  const told: Deed[] = [];
  const does =
    (what: string) =>
    (who: Subscriber, of: unknown): Promise<boolean> => {
      asked.push({ what, who, of });
      return Promise.resolve(isDone);
    };
  const subscriptions = new WorkitemSubscriptions({
    store: {
      subscribe: does('subscribe'),
      unsubscribe: does('unsubscribe'),
      remove: does('remove'),
      suspend: does('suspend'),
    },
    workitems: {
      existing: (_by, uid) => {
        const item = ITEMS[uid];
        if (item === undefined) return Promise.reject(new ServingError('not_found', 'none'));
        return Promise.resolve(item as FacedWorkitem);
      },
    },
    activities: {
      eventOf: (_by, deed) => {
        told.push(deed);
        return {} as ActivityEvent;
      },
    },
    references: { study: (tenant, uid) => `${tenant} ${uid}` },
  });
  return { subscriptions, asked, told };
}
const refusal = (reason: string): unknown => expect.objectContaining({ reason });
const wanted = (filter = () => ({})) => ({ isLocked: false, filter });

describe('WorkitemSubscriptions', () => {
  it('are of a workitem, the work of a route, the worklist, or a part of it, and each is on record', async () => {
    const { subscriptions, asked, told } = rig();
    for (const uid of ['1.9', '2.25.1', UPS_GLOBAL, UPS_FILTERED]) {
      await subscriptions.subscribe(
        BY,
        uid,
        'VIEWER',
        wanted(() => ({ labels: ['ct'] })),
      );
    }
    expect(asked.map(({ of }) => of)).toEqual([
      { of: 'workitem', uid: '1.9', uuid: undefined },
      { of: 'workitem', uid: expect.stringMatching(/^2\.25\.\d+$/) as string, uuid: UUID },
      { of: 'all' },
      { of: 'matching', filter: { labels: ['ct'] } },
    ]);
    expect(asked.every(({ who }) => who.tenant === 'north' && who.aet === 'VIEWER')).toBe(true);
    expect(told).toHaveLength(4);
    expect(told[0]).toEqual({
      event: 'workitem_changed',
      subject: 'workitem:north 1.9',
      outcome: 'success',
      facts: { change: 'subscribed', subscriber: 'VIEWER' },
    });
  });

  it.each([
    ['READ ROOM', 'READ_ROOM'],
    ['A+B', 'A_B'],
    ['_ROOM', 'x_ROOM'],
    ['-&!', 'x-__'],
  ])('are of any title, and on record by a word that records may have: %s', async (aet, subscriber) => {
    const { subscriptions, asked, told } = rig();
    await subscriptions.subscribe(BY, UPS_GLOBAL, aet, wanted());
    await subscriptions.suspend(BY, UPS_GLOBAL, aet);
    await subscriptions.unsubscribe(BY, UPS_GLOBAL, aet);
    expect(asked.map(({ who }) => who.aet)).toEqual([aet, aet, aet]);
    expect(told.map(({ facts }) => facts?.['subscriber'])).toEqual([subscriber, subscriber, subscriber]);
  });

  it('read a filter only of who subscribes to a part', async () => {
    const { subscriptions, asked } = rig();
    const filter = (): never => {
      throw new ServingError('invalid_request', 'wrong');
    };
    await subscriptions.subscribe(BY, UPS_GLOBAL, 'VIEWER', wanted(filter));
    await expect(subscriptions.subscribe(BY, UPS_FILTERED, 'VIEWER', wanted(filter))).rejects.toThrow('wrong');
    await subscriptions.unsubscribe(BY, UPS_FILTERED, 'VIEWER');
    expect(asked.map(({ what }) => what)).toEqual(['subscribe', 'unsubscribe']);
  });

  it('are to workitems that there are, and end once', async () => {
    const { subscriptions } = rig({ isDone: false });
    await expect(subscriptions.subscribe(BY, '1.8', 'VIEWER', wanted())).rejects.toEqual(refusal('not_found'));
    await expect(subscriptions.subscribe(BY, '1.9', 'VIEWER', wanted())).rejects.toEqual(refusal('overloaded'));
    await expect(subscriptions.unsubscribe(BY, '1.9', 'VIEWER')).rejects.toEqual(refusal('not_found'));
    await expect(subscriptions.suspend(BY, UPS_GLOBAL, 'VIEWER')).rejects.toEqual(refusal('not_found'));
  });

  it('ends also where the workitem is not there any more', async () => {
    const { subscriptions, asked } = rig();
    await subscriptions.unsubscribe(BY, '1.8', 'VIEWER');
    expect(asked).toMatchObject([{ what: 'remove', of: '1.8' }]);
    await expect(rig({ isDone: false }).subscriptions.unsubscribe(BY, '1.8', 'VIEWER')).rejects.toThrow('none');
  });

  it('of one workitem cannot be suspended', async () => {
    const { subscriptions, asked } = rig();
    await expect(subscriptions.suspend(BY, '1.9', 'VIEWER')).rejects.toEqual(refusal('not_found'));
    await subscriptions.suspend(BY, UPS_FILTERED, 'VIEWER');
    expect(asked).toMatchObject([{ what: 'suspend', of: 'matching' }]);
  });
});
