import { ServingError } from '@medserve/errors';
import { encodeEvent, type ActivityEvent } from '@medserve/events';
import { orUnavailable, type Database } from '../database/database';

/** Of whom, or of what time, answers are stored under one key: `patient:<keyed hash>` or `month:<yyyy-mm>`. */
export type ContentSubject = `patient:${string}` | `month:${string}`;

/** A data key as it is stored: wrapped, so that it is of no use to who has the table alone. */
export interface StoredContentKey {
  readonly id: string;
  readonly wrapped: Buffer;
}

const OBTAIN = 'SELECT id, wrapped FROM medserve_content_key($1, $2, $3, $4)';
const FIND = 'SELECT subject, wrapped FROM medserve_content_key_of($1, $2)';

interface KeyRow {
  readonly subject: ContentSubject;
  readonly wrapped: Buffer | null;
}

/**
 * A hold on a patient, or on everything of a tenant; what is not sorted by patient may be of the held one. A study goes with each whom it
 * shows, so a hold on one of them is a hold on all.
 */
const HELD = `
SELECT id FROM legal_hold AS hold
WHERE tenant = $1 AND released_at IS NULL AND (patient IS NULL OR $2::text IS NULL OR patient = $2 OR EXISTS (
  SELECT FROM dicom_study s WHERE s.tenant = $1 AND (s.patient = $2 OR $2 = ANY (s.patients))
    AND (s.patient = hold.patient OR hold.patient = ANY (s.patients)))) LIMIT 1`;

const DESTROY = `
UPDATE content_key SET wrapped = NULL, destroyed_at = now()
WHERE tenant = $1 AND subject = $2 AND destroyed_at IS NULL RETURNING id`;

const TELL = 'INSERT INTO outbox (event, tenant, payload) VALUES ($1, $2, $3)';

/**
 * The keys of stored answers, wrapped. Their rows stay when they are destroyed, without the key. All methods throw ServingError
 * `unavailable` when the database does not answer.
 */
export class ContentKeyStore {
  constructor(private readonly database: Database) {}

  /** The living key of the subject, made from the proposal if there is none. It is on disk when this resolves. */
  async obtain(tenant: string, subject: ContentSubject, proposal: StoredContentKey): Promise<StoredContentKey> {
    const values = [tenant, subject, proposal.id, proposal.wrapped];
    const asked = this.database.rows<StoredContentKey>({ name: 'content-key', text: OBTAIN, values });
    const [key] = await orUnavailable(asked);
    if (key === undefined) throw new ServingError('unavailable', 'The key was destroyed while it was made.');
    return key;
  }

  /** A key by its id: `destroyed` once it is, undefined where the tenant never had it. */
  async find(tenant: string, id: string): Promise<Buffer | 'destroyed' | undefined> {
    const row = await this.read(tenant, id);
    return row === undefined ? undefined : (row.wrapped ?? 'destroyed');
  }

  /** What is sealed by the key; undefined where the tenant has no such key. */
  async subjectOf(tenant: string, id: string): Promise<ContentSubject | undefined> {
    return (await this.read(tenant, id))?.subject;
  }

  /**
   * Destroys the living key of a subject and tells of it, in one commit: what it sealed is gone for good. For the commands of
   * the operator: a gateway may not.
   *
   * @param event what the ledger says of it
   * @param isMoreStored whether something without a key goes with it, such as studies: then it is told in any case
   * @returns the id of the key; undefined where the subject had none
   * @throws ServingError `forbidden` while a legal hold is on the subject
   */
  destroy(
    tenant: string,
    subject: ContentSubject,
    event: ActivityEvent,
    isMoreStored = false,
  ): Promise<string | undefined> {
    const patient = subject.startsWith('patient:') ? subject.slice('patient:'.length) : null;
    const payload = encodeEvent(event);
    return orUnavailable(
      this.database.forTenant(tenant, async (client) => {
        // Nothing is placed on hold while it is looked at.
        await client.rows({ text: 'LOCK TABLE legal_hold IN SHARE MODE', values: [] });
        const held = await client.rows({ text: HELD, values: [tenant, patient] });
        if (held.length > 0) {
          throw new ServingError('forbidden', 'A legal hold is on what is stored there.', {
            remedy: 'Have the hold released first.',
          });
        }
        const [row] = await client.rows<{ id: string }>({ text: DESTROY, values: [tenant, subject] });
        if (row !== undefined || isMoreStored) await client.rows({ text: TELL, values: [event.id, tenant, payload] });
        return row?.id;
      }),
    );
  }

  private async read(tenant: string, id: string): Promise<KeyRow | undefined> {
    const asked = this.database.rows<KeyRow>({ name: 'content-key-of', text: FIND, values: [tenant, id] });
    return (await orUnavailable(asked))[0];
  }
}
