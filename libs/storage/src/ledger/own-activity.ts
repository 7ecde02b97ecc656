import { newEventId, type Activity, type ActivityEvent } from '@medserve/events';

/** What the recorder itself tells of, or a command that somebody runs. */
export function ownActivity(
  tenant: string,
  event: Activity,
  subject: string,
  facts?: NonNullable<ActivityEvent['facts']>,
  by: Pick<ActivityEvent, 'actor' | 'actorKind'> = { actor: 'recorder', actorKind: 'service' },
): ActivityEvent {
  return {
    id: newEventId(),
    schema: 1,
    event,
    at: new Date().toISOString(),
    tenant,
    ...by,
    subject,
    outcome: 'success',
    ...(facts === undefined ? {} : { facts }),
  };
}
