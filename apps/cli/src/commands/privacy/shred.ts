import type { ContentSubject, Storage } from '@medserve/storage';
import { operatorsEntry } from '../../home/operator';

export interface Shredded {
  readonly subject: ContentSubject;
  /** Id of the key that was destroyed; absent where nothing was stored. */
  readonly key?: string;
}

/**
 * Destroys the key of what is stored of a subject and puts that on record.
 *
 * @param hasImages whether there is something to be removed afterwards, which is on record then, too
 * @throws ServingError `forbidden`, `unavailable`
 */
export async function shred(
  storage: Storage,
  tenant: string,
  subject: ContentSubject,
  hasImages: boolean,
): Promise<Shredded> {
  const entry = operatorsEntry(tenant, { event: 'content_shredded', subject });
  const key = await storage.contentKeys.destroy(tenant, subject, entry, hasImages);
  return { subject, ...(key === undefined ? {} : { key }) };
}
