import { ServingError } from '@medserve/errors';
import type { ActivityEvent } from '@medserve/events';
import type { Principal } from '@medserve/security';
import type { Subscribed, Subscriber, SubscriptionFilter, SubscriptionStore } from '@medserve/storage';
import { UPS_FILTERED, UPS_GLOBAL } from '@medserve/studies';
import type { Activities } from '../../activities/activities';
import { senderOf } from '../../dimse/peers';
import type { References } from '../../privacy/subject-hashes';
import { uidOf } from '../tell-workitem';
import type { Workitems } from '../workitems';

export interface WorkitemSubscriptionsParts {
  readonly store: Pick<SubscriptionStore, 'subscribe' | 'unsubscribe' | 'remove' | 'suspend'>;
  readonly workitems: Pick<Workitems, 'existing'>;
  readonly activities: Pick<Activities, 'eventOf'>;
  readonly references: Pick<References, 'study'>;
}

/** What a subscription is asked to be like. */
export interface Wanted {
  /** Whether workitems are to be kept after their end. */
  readonly isLocked: boolean;
  /** Of a part of the worklist. */
  readonly filter: () => SubscriptionFilter;
}

type Change = 'subscribed' | 'unsubscribed' | 'suspended';

/**
 * Who is told of workitems (PS3.4 CC.2.3), by application entity title in its tenant. What changes is on record with the change. Methods
 * throw ServingError `not_found`, `workitem_removed`, `unavailable`.
 */
export class WorkitemSubscriptions {
  constructor(private readonly parts: WorkitemSubscriptionsParts) {}

  /**
   * @param uid of a workitem, or one of the two well-known ones of the worklist
   * @throws ServingError also what `filter` throws; `overloaded` where a tenant has too many
   */
  async subscribe(by: Principal, uid: string, aet: string, { isLocked, filter }: Wanted): Promise<void> {
    const subscribed = await this.subscribed(by, uid, filter);
    const event = this.told(by, uid, aet, 'subscribed');
    if (await this.parts.store.subscribe(subscriberOf(by, aet), subscribed, isLocked, event)) return;
    throw new ServingError('overloaded', 'There are too many subscriptions to workitems.', {
      remedy:
        'Unsubscribe from those that are not used any more, or subscribe to the worklist instead of each workitem.',
    });
  }

  async unsubscribe(by: Principal, uid: string, aet: string): Promise<void> {
    const { store } = this.parts;
    const subscriber = subscriberOf(by, aet);
    const event = this.told(by, uid, aet, 'unsubscribed');
    const subscribed = await this.subscribed(by, uid).catch(async (error: unknown) => {
      // Of a workitem that is not there any more, a subscription may be.
      if (
        error instanceof ServingError &&
        error.category !== 'unavailable' &&
        (await store.remove(subscriber, uid, event))
      )
        return;
      throw error;
    });
    if (subscribed !== undefined) insist(await store.unsubscribe(subscriber, subscribed, event));
  }

  /** What comes into the worklist from now on is not subscribed to by itself; what is there stays so. */
  async suspend(by: Principal, uid: string, aet: string): Promise<void> {
    const of = WELL_KNOWN[uid];
    if (of === undefined) throw new ServingError('not_found', 'Only a subscription to the worklist can be suspended.');
    insist(await this.parts.store.suspend(subscriberOf(by, aet), of, this.told(by, uid, aet, 'suspended')));
  }

  private async subscribed(by: Principal, uid: string, filter?: Wanted['filter']): Promise<Subscribed> {
    const of = WELL_KNOWN[uid];
    if (of === 'all') return { of };
    if (of === 'matching') return { of, filter: filter?.() ?? {} };
    const item = await this.parts.workitems.existing(by, uid);
    return { of: 'workitem', uid: uidOf(item), uuid: item.uuid ?? undefined };
  }

  private told(by: Principal, uid: string, aet: string, change: Change): ActivityEvent {
    const { activities, references } = this.parts;
    return activities.eventOf(by, {
      event: 'workitem_changed',
      subject: `workitem:${references.study(by.tenant, uid)}`,
      outcome: 'success',
      facts: { change, subscriber: senderOf(aet) },
    });
  }
}

const WELL_KNOWN: Readonly<Record<string, 'all' | 'matching'>> = { [UPS_GLOBAL]: 'all', [UPS_FILTERED]: 'matching' };

const subscriberOf = ({ tenant }: Principal, aet: string): Subscriber => ({ tenant, aet });

function insist(wasThere: boolean): void {
  if (!wasThere) throw new ServingError('not_found', 'There is no such subscription.');
}
