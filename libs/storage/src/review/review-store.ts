import type { ActivityEvent } from '@medserve/events';
import { tellIn } from '../outbox/tell-in';
import { onSealedRows } from '../content/sealed-rows';
import { orUnavailable, type Database } from '../database/database';
import type { WakeUp } from '../outbox/wake-up';

export type ReviewVerdict = 'attested' | 'overridden';

export interface Review {
  readonly id: string;
  readonly verdict: ReviewVerdict;
  /** A code of a published list. */
  readonly reason: string | null;
  readonly actor: string;
  readonly role: string | null;
  readonly at: Date;
  /** What would have been right, sealed; null where nothing was said of it. */
  readonly corrections: Buffer | null;
}

export interface NewReview extends Omit<Review, 'at'> {
  readonly tenant: string;
  readonly request: string;
}

/** Of one result, newest first; older ones are in the ledger. */
const SHOWN = 100;

const INSERT =
  'INSERT INTO review (id, tenant, request, verdict, reason, actor, role, corrections) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)';

/** Sealed bytes name their key (content/sealed.ts); an answer of the time before they were sealed is plain. */
const KEY_OF_ANSWER = `
SELECT encode(substring(result FROM 5 FOR 16), 'hex')::uuid AS key FROM medserve_request($1, $2)
WHERE substring(result FROM 1 FOR 4) = '\\xfe4d5301'`;

/** What people said of results. */
export class ReviewStore {
  constructor(
    private readonly database: Database,
    private readonly wakeUp: WakeUp,
  ) {}

  /** The key that sealed the answer; undefined where there is none. @throws ServingError `unavailable` */
  async keyOfAnswer(tenant: string, request: string): Promise<string | undefined> {
    const statement = { text: KEY_OF_ANSWER, values: [tenant, request] };
    const [found] = await orUnavailable(
      this.database.forTenant(tenant, (client) => client.rows<{ key: string }>(statement)),
    );
    return found?.key;
  }

  /**
   * The verdict and the event that tells of it, in one commit.
   *
   * @throws ServingError `unavailable`; DestroyedKeyError where the key that sealed the corrections lives no more
   */
  async add(review: NewReview, event: ActivityEvent): Promise<void> {
    const { id, tenant, request, verdict, reason, actor, role, corrections } = review;
    const values = [id, tenant, request, verdict, reason, actor, role, corrections];
    await onSealedRows(this.database, tenant, async (client) => {
      await client.rows({ text: INSERT, values });
      await tellIn(client, event);
    });
    this.wakeUp.ring();
  }

  /** Newest first: the first is what stands. @throws ServingError `unavailable` */
  list(tenant: string, request: string): Promise<Review[]> {
    const text = `
      SELECT id, verdict, reason, actor, role, at, corrections FROM review WHERE tenant = $1 AND request = $2
      ORDER BY id DESC LIMIT ${String(SHOWN)}`;
    return orUnavailable(
      this.database.forTenant(tenant, (client) => client.rows<Review>({ text, values: [tenant, request] })),
    );
  }
}
