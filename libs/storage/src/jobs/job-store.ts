import type { ActivityEvent, Door } from '@medserve/events';
import type { ToldChanges } from '../activities/told-changes';
import { orUnavailable, type Database, type Queryable } from '../database/database';
import type { RequestStatus } from '../records/record-store';
import { isLookedFor, JOB_COLUMNS, jobStatement, lastLookedAt, type JobPlace, type JobQuestion } from './job-search';

/** An accepted request as it is listed: words of ours, nothing of a patient. What is not known is null. */
export interface ListedJob {
  readonly id: string;
  readonly state: RequestStatus;
  readonly task: string | null;
  readonly modality: string | null;
  /** That answered; until then, that is expected to. */
  readonly model: string | null;
  readonly version: string | null;
  readonly class: string | null;
  readonly door: Door | null;
  readonly site: string | null;
  readonly acceptedAt: Date;
  readonly endedAt: Date | null;
  /** Code of what it ended in, where it ended without an answer. */
  readonly problem: string | null;
}

/** A page of the list. */
export interface FoundJobs {
  readonly jobs: readonly ListedJob[];
  /** Where the next page begins; absent: this was the last. */
  readonly next?: JobPlace;
  /** Whether the page is short because it looked through as much as one page does: older ones may be as asked for, too. */
  readonly isCutShort: boolean;
}

const FIND = `SELECT ${JOB_COLUMNS} FROM job WHERE tenant = $1 AND id = $2`;
const RUNNING = `SELECT count(*)::int AS running FROM request WHERE tenant = $1 AND status = 'accepted'`;
const ASK = `
INSERT INTO job_cancellation (request, tenant)
SELECT id, tenant FROM job WHERE tenant = $1 AND id = $2 AND state = 'accepted' AND door = 'jobs'
ON CONFLICT (request) DO NOTHING RETURNING request`;
const HEAR = 'SELECT medserve_cancelled_jobs($1::uuid[]) AS id';

/**
 * What was asked of models, by whatever door, and how it stands; and which jobs are to end before they have an answer. All methods
 * throw ServingError `unavailable` when the database does not answer.
 */
export class JobStore {
  constructor(
    private readonly database: Database,
    private readonly changes: ToldChanges,
  ) {}

  /** A page of `limit` at most. One that looks for something rare is bounded by what it looks through, too: `next` goes on behind it. */
  list(question: JobQuestion): Promise<FoundJobs> {
    return orUnavailable(this.database.forTenant(question.tenant, (client) => pageOf(client, question)));
  }

  /** How many of a tenant's run, at all gateways. */
  async running(tenant: string): Promise<number> {
    const [row] = await orUnavailable(
      this.database.forTenant(tenant, (client) =>
        client.rows<{ running: number }>({ text: RUNNING, values: [tenant] }),
      ),
    );
    return row?.running ?? 0;
  }

  async find(tenant: string, id: string): Promise<ListedJob | undefined> {
    const [row] = await orUnavailable(
      this.database.forTenant(tenant, (client) => client.rows<ListedJob>({ text: FIND, values: [tenant, id] })),
    );
    return row;
  }

  /**
   * Wants a job to end; on record in the same commit.
   *
   * @returns whether it was wanted now: not where it runs no more, is no job, or was wanted before and not yet heard
   */
  async askToCancel(tenant: string, id: string, entry: ActivityEvent): Promise<boolean> {
    const asked = await orUnavailable(
      this.changes.make(tenant, entry, async (client) => (await client.rows({ text: ASK, values: [tenant, id] }))[0]),
    );
    return asked !== undefined;
  }

  /** Which of a gateway's running jobs, of whatever tenant, are to end. Each is told once. */
  async heardCancellations(running: readonly string[]): Promise<string[]> {
    const rows = await orUnavailable(this.database.rows<{ id: string }>({ text: HEAR, values: [running] }));
    return rows.map(({ id }) => id);
  }
}

async function pageOf(client: Queryable, question: JobQuestion): Promise<FoundJobs> {
  const { limit } = question;
  const found = await client.rows<ListedJob>(jobStatement({ ...question, limit: limit + 1 }));
  const jobs = found.slice(0, limit);
  const last = jobs.at(-1);
  if (found.length > limit && last !== undefined) return { jobs, next: last, isCutShort: false };
  if (!isLookedFor(question)) return { jobs, isCutShort: false };
  const [looked] = await client.rows<JobPlace>(lastLookedAt(question));
  if (looked === undefined) return { jobs, isCutShort: false };
  // Rows that came between the two statements move the end of what was looked at up, never down: nothing is left out, and what is
  // on this page does not come again.
  return { jobs, next: last !== undefined && isBehind(last, looked) ? last : looked, isCutShort: true };
}

/** Whether one stands below the other in the list. */
const isBehind = (one: JobPlace, other: JobPlace): boolean =>
  one.acceptedAt < other.acceptedAt || (one.acceptedAt.getTime() === other.acceptedAt.getTime() && one.id < other.id);
