import { newEventId } from '@medserve/events';
import type { ContentSubject, Storage } from '@medserve/storage';

export interface Shredded {
  readonly subject: ContentSubject;
  /** Id of the key that was destroyed; absent where nothing was stored. */
  readonly key?: string;
}

/** Destroys the key of what is stored of a subject and puts that on record. @throws ServingError `forbidden`, `unavailable` */
export async function shred(storage: Storage, tenant: string, subject: ContentSubject): Promise<Shredded> {
  const key = await storage.contentKeys.destroy(tenant, subject, {
    id: newEventId(),
    schema: 1,
    event: 'content_shredded',
    at: new Date().toISOString(),
    tenant,
    actor: 'operator',
    actorKind: 'service',
    subject,
    outcome: 'success',
  });
  return { subject, ...(key === undefined ? {} : { key }) };
}
