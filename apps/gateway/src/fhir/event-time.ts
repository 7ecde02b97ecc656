import { momentOfId } from '@medserve/events';

/** When an event of ours came to be, to the millisecond: its id says so. */
export const eventTime = (id: string): Date => new Date(momentOfId(id) ?? Number.NaN);
