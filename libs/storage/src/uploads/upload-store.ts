import { ServingError } from '@medserve/errors';
import { newEventId, type ActivityEvent } from '@medserve/events';
import { tellIn } from '../outbox/tell-in';
import { onSealedRows } from '../content/sealed-rows';
import { orUnavailable, type Database, type Queryable } from '../database/database';
import { UPLOADS_OF_TENANT } from '../locks';
import type { WakeUp } from '../outbox/wake-up';

/** Whose file, and which. */
export interface UploadKey {
  readonly tenant: string;
  readonly owner: string;
  readonly id: string;
}

export interface NewUpload extends UploadKey {
  /** Keyed hash of whom it shows, in hex, where its sender said it. */
  readonly patient?: string;
  /** Sealed. */
  readonly content: Buffer;
  /** Of the file before it was sealed. */
  readonly bytes: number;
  readonly ttlSeconds: number;
}

/** A file without what it holds. */
export interface Upload {
  readonly id: string;
  readonly bytes: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface StoredUpload {
  /** Sealed. */
  readonly content: Buffer;
  readonly patient: string | null;
}

/** What one tenant may have here at once. */
export const UPLOAD_LIMITS = { files: 1_000, bytes: 1024 ** 3 } as const;
/** Removed in one sweep. */
const SWEPT = 200;

const MEMBERS = 'id, bytes::float8 AS bytes, created_at AS "createdAt", expires_at AS "expiresAt"';
/** Who adds files of one tenant at once takes turns: each counts those of the others. */
const TAKE_TURNS = 'SELECT pg_advisory_xact_lock($1, hashtext($2))';
const HELD = `
SELECT count(*)::int AS files, coalesce(sum(bytes), 0)::float8 AS bytes FROM uploaded_file
WHERE tenant = $1 AND expires_at > now()`;
const INSERT = `
INSERT INTO uploaded_file (id, tenant, owner, patient, content, bytes, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7)) RETURNING ${MEMBERS}`;
const THIS_ONE = 'tenant = $1 AND owner = $2 AND id = $3 AND expires_at > now()';
const DESCRIBE = `SELECT ${MEMBERS} FROM uploaded_file WHERE ${THIS_ONE}`;
const READ = `SELECT content, patient FROM uploaded_file WHERE ${THIS_ONE}`;
const REMOVE = `DELETE FROM uploaded_file WHERE ${THIS_ONE} RETURNING id`;
const EXPIRED = `
DELETE FROM uploaded_file WHERE id IN (
  SELECT id FROM uploaded_file WHERE expires_at <= now() ORDER BY expires_at LIMIT ${String(SWEPT)})
RETURNING id, tenant`;

/**
 * Files, each of one owner, for as long as they live. All methods throw ServingError `unavailable` when the database does not answer. A file
 * that has expired is not there any more, whether it was swept or not.
 */
export class UploadStore {
  constructor(
    private readonly database: Database,
    private readonly wakeUp: WakeUp,
  ) {}

  /**
   * The file and the event that tells of it, in one commit.
   *
   * @throws ServingError `quota_exceeded` where its tenant has as much as may be; DestroyedKeyError
   */
  async add(upload: NewUpload, event: ActivityEvent): Promise<Upload> {
    const { id, tenant, owner, patient, content, bytes, ttlSeconds } = upload;
    const added = await this.inTenant(tenant, async (client) => {
      await client.rows({ text: TAKE_TURNS, values: [UPLOADS_OF_TENANT, tenant] });
      const [held] = await client.rows<{ files: number; bytes: number }>({ text: HELD, values: [tenant] });
      checkRoom({ files: (held?.files ?? 0) + 1, bytes: (held?.bytes ?? 0) + bytes });
      const values = [id, tenant, owner, patient ?? null, content, bytes, ttlSeconds];
      const [row] = await client.rows<Upload>({ text: INSERT, values });
      await tellIn(client, event);
      return row as Upload;
    });
    this.wakeUp.ring();
    return added;
  }

  /** Undefined where the owner has no such file. */
  async describe({ tenant, owner, id }: UploadKey): Promise<Upload | undefined> {
    const statement = { text: DESCRIBE, values: [tenant, owner, id] };
    const [found] = await this.inTenant(tenant, (client) => client.rows<Upload>(statement));
    return found;
  }

  /** What it holds, and whom it shows. Undefined where the owner has no such file. */
  async read({ tenant, owner, id }: UploadKey): Promise<StoredUpload | undefined> {
    const statement = { text: READ, values: [tenant, owner, id] };
    const [found] = await this.inTenant(tenant, (client) => client.rows<StoredUpload>(statement));
    return found;
  }

  /** @returns false where the owner has no such file: then nothing is told */
  async remove({ tenant, owner, id }: UploadKey, event: ActivityEvent): Promise<boolean> {
    const isRemoved = await this.inTenant(tenant, async (client) => {
      const removed = await client.rows({ text: REMOVE, values: [tenant, owner, id] });
      if (removed.length > 0) await tellIn(client, event);
      return removed.length > 0;
    });
    if (isRemoved) this.wakeUp.ring();
    return isRemoved;
  }

  /** Removes files whose time is over, of all tenants: a recorder's work. @returns how many */
  async sweep(now: Date): Promise<number> {
    const count = await orUnavailable(
      this.database.transaction('read committed', async (client) => {
        const gone = await client.rows<{ id: string; tenant: string }>({ text: EXPIRED, values: [] });
        for (const { id, tenant } of gone) {
          await tellIn(client, {
            id: newEventId(),
            schema: 1,
            event: 'file_deleted',
            at: now.toISOString(),
            tenant,
            actor: 'recorder',
            actorKind: 'service',
            subject: `file:${id}`,
            outcome: 'success',
            facts: { expired: true },
          });
        }
        return gone.length;
      }),
    );
    if (count > 0) this.wakeUp.ring();
    return count;
  }

  private inTenant<T>(tenant: string, work: (client: Queryable) => Promise<T>): Promise<T> {
    return onSealedRows(this.database, tenant, work);
  }
}

function checkRoom(held: { readonly files: number; readonly bytes: number }): void {
  const { files, bytes } = UPLOAD_LIMITS;
  if (held.files <= files && held.bytes <= bytes) return;
  throw new ServingError('quota_exceeded', 'As many uploaded files are kept as may be.', {
    limit: `uploaded files: ${String(files)} files, ${String(bytes)} bytes`,
    remedy: 'Remove some with DELETE /v1/files/{id}, or wait until they expire.',
  });
}
