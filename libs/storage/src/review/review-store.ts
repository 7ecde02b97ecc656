import type { ActivityEvent } from '@medserve/events';
import { tellIn } from '../audit/tell-in';
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
}

export interface NewReview extends Omit<Review, 'at'> {
  readonly tenant: string;
  readonly request: string;
}

/** Of one result, newest first; older ones are in the ledger. */
const SHOWN = 100;

const INSERT =
  'INSERT INTO review (id, tenant, request, verdict, reason, actor, role) VALUES ($1, $2, $3, $4, $5, $6, $7)';

/** What people said of results. */
export class ReviewStore {
  constructor(
    private readonly database: Database,
    private readonly wakeUp: WakeUp,
  ) {}

  /** The verdict and the event that tells of it, in one commit. @throws ServingError `unavailable` */
  async add({ id, tenant, request, verdict, reason, actor, role }: NewReview, event: ActivityEvent): Promise<void> {
    await orUnavailable(
      this.database.forTenant(tenant, async (client) => {
        await client.rows({ text: INSERT, values: [id, tenant, request, verdict, reason, actor, role] });
        await tellIn(client, event);
      }),
    );
    this.wakeUp.ring();
  }

  /** Newest first: the first is what stands. @throws ServingError `unavailable` */
  list(tenant: string, request: string): Promise<Review[]> {
    const text = `
      SELECT id, verdict, reason, actor, role, at FROM review WHERE tenant = $1 AND request = $2
      ORDER BY id DESC LIMIT ${String(SHOWN)}`;
    return orUnavailable(
      this.database.forTenant(tenant, (client) => client.rows<Review>({ text, values: [tenant, request] })),
    );
  }
}
