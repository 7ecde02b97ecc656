import { newEventId, type Activity, type ActivityEvent } from '@medserve/events';

/** What the recorder itself tells of. */
export function ownActivity(
  tenant: string,
  event: Activity,
  subject: string,
  facts: NonNullable<ActivityEvent['facts']>,
): ActivityEvent {
  return {
    id: newEventId(),
    schema: 1,
    event,
    at: new Date().toISOString(),
    tenant,
    actor: 'recorder',
    actorKind: 'service',
    subject,
    outcome: 'success',
    facts,
  };
}
