import type { UpsEvent, WorkitemDataSet } from '@medserve/studies';
import type { WorkitemMatch } from './workitem-search';

/** An application that is told of workitems: its title, in a tenant. */
export interface Subscriber {
  readonly tenant: string;
  readonly aet: string;
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
  | { readonly of: 'matching'; readonly match: WorkitemMatch };

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
export const keptAs = (subscribed: Pick<Subscribed, 'of'> & { readonly uid?: string }): string =>
  subscribed.of === 'workitem' ? (subscribed.uid ?? '') : subscribed.of;

/** A filter as it comes out of its column: times are text there. */
export function filterOf(kept: unknown): WorkitemMatch {
  const { scheduled, ...match } = kept as Omit<WorkitemMatch, 'scheduled'> & {
    readonly scheduled?: { readonly from?: string; readonly to?: string };
  };
  if (scheduled === undefined) return match;
  const { from, to } = scheduled;
  const ends = {
    ...(from === undefined ? {} : { from: new Date(from) }),
    ...(to === undefined ? {} : { to: new Date(to) }),
  };
  return { ...match, scheduled: ends };
}
