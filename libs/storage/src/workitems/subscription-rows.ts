import type { UpsEvent, WorkitemDataSet } from '@medserve/studies';

/** An application that is told of workitems: its title, in a tenant. */
export interface Subscriber {
  readonly tenant: string;
  readonly aet: string;
}

/** What the workitems of a part of the worklist have in common: nothing that names a patient, as a subscription has no end. */
export interface SubscriptionFilter {
  /** `*` and `?` stand for letters. */
  readonly labels?: readonly string[] | undefined;
  readonly priorities?: readonly string[] | undefined;
  readonly readiness?: readonly string[] | undefined;
  readonly scheduled?: { readonly from?: Date | undefined; readonly to?: Date | undefined } | undefined;
}

/** What somebody subscribes to: one workitem, all of the worklist, or those that match. */
export type Subscribed =
  | {
      readonly of: 'workitem';
      readonly uid: string;
      /** Of the work of a route: what its UID is made of. */
      readonly uuid?: string | undefined;
    }
  | { readonly of: 'all' }
  | { readonly of: 'matching'; readonly filter: SubscriptionFilter };

/** What a subscriber is still to be told. */
export interface WaitingReport {
  /** Its place among all, as a decimal number. */
  readonly position: string;
  /** Of a workitem that was created. */
  readonly uid: string | null;
  /** Of the work of a route: its UID is made of it. */
  readonly uuid: string | null;
  readonly event: UpsEvent;
  readonly says: WorkitemDataSet;
}

/** How a subscription is kept: by the UID of one workitem, or by one of two words. */
export const keptAs = (subscribed: Subscribed): string =>
  subscribed.of === 'workitem' ? subscribed.uid : subscribed.of;
