import { MAX_EVENT_BYTES } from '@medserve/events';

/** Who an entry says it is: what its row's columns repeat. */
export interface EntryIdentity {
  readonly id: string;
  readonly tenant: string;
  /** Null of what is about no request. */
  readonly request: string | null;
  readonly event: string;
}

const isText = (value: unknown): value is string => typeof value === 'string';

/**
 * Reads as much of an entry as tells which event it is. Its other fields were checked when it was encoded, and the hash of all
 * its bytes is what the tree holds.
 *
 * @returns undefined where the bytes are no event at all
 */
export function identityOf(leaf: Buffer): EntryIdentity | undefined {
  if (leaf.length > MAX_EVENT_BYTES) return undefined;
  try {
    const said = JSON.parse(leaf.toString('utf8')) as Partial<Record<string, unknown>> | null;
    const { id, tenant, event, request = null, subject = null } = said ?? {};
    const isAboutOne = isText(request) !== isText(subject);
    if (!isText(id) || !isText(tenant) || !isText(event) || !isAboutOne) return undefined;
    return { id, tenant, event, request: isText(request) ? request : null };
  } catch {
    return undefined;
  }
}
