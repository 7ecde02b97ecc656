import { REASONS, type Reason } from '@medserve/errors';
import { WORD } from '@medserve/events';
import { CLASSES } from '@medserve/serving';
import type { Principal } from '@medserve/security';
import type { JobPlace, JobStore, ListedJob } from '@medserve/storage';
import { z } from 'zod';
import { oneLine } from '../http/one-line';
import type { Progress } from '../infer/ports';
import type { JobRegistry } from './job-registry';

const PAGE = { usual: 50, most: 500 };
const CURSOR = /^(\d{1,15})~([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** How a request stands, in the words of the list. */
export const JOB_STATES = ['running', 'completed', 'failed', 'cancelled', 'abandoned'] as const;

export type JobState = (typeof JOB_STATES)[number];

const word = z.string().regex(WORD);
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** What stands in the query of `GET /v1/jobs`. */
export const jobsQuery = z.strictObject({
  state: z.enum(JOB_STATES).optional(),
  task: word.optional(),
  model: oneLine(128).optional(),
  class: z.enum(CLASSES).optional(),
  site: word.optional(),
  from: instant.optional(),
  to: instant.optional(),
  limit: z.coerce.number().int().min(1).max(PAGE.most).default(PAGE.usual),
  cursor: z.string().regex(CURSOR).optional(),
});

export type JobsQuery = z.output<typeof jobsQuery>;

/** A request as `GET /v1/jobs` tells of it. What is not known is not there. */
export interface ShownJob {
  readonly id: string;
  readonly state: JobState;
  readonly task?: string;
  readonly modality?: string;
  readonly model?: string;
  readonly version?: string;
  readonly class?: string;
  readonly door?: string;
  readonly site?: string;
  readonly acceptedAt: Date;
  readonly endedAt?: Date;
  /** Of a job that runs at this gateway. */
  readonly progress?: Progress;
  /** Why there is no answer. */
  readonly problem?: { readonly code: string; readonly title: string };
}

export interface JobsPage {
  /** How many of the tenant's run now, at all gateways. */
  readonly running: number;
  readonly jobs: readonly ShownJob[];
  /** Cursor of the next page; null: this is the last. */
  readonly next: string | null;
  /** Where the page is short, or empty, because it looked through as much as one does: of what was accepted before, nothing is said yet. */
  readonly lookedBackTo?: Date;
}

const ABANDONED = 'The gateway that ran it died, or its time ran out';

const isReason = (code: string): code is Reason => Object.hasOwn(REASONS, code);

const titleOf = (code: string): string => (isReason(code) ? REASONS[code].title : ABANDONED);

/** Every accepted request of a tenant, whichever door it came by and whichever gateway runs it. */
export class JobList {
  constructor(
    private readonly store: Pick<JobStore, 'list' | 'running'>,
    private readonly registry: Pick<JobRegistry, 'find'>,
  ) {}

  /** The newest first. @throws ServingError `unavailable` */
  async list(by: Principal, { state, cursor, limit, ...question }: JobsQuery): Promise<JobsPage> {
    const { tenant } = by;
    const { jobs, next, isCutShort } = await this.store.list({
      tenant,
      ...question,
      state: state === 'running' ? 'accepted' : state,
      after: cursor === undefined ? undefined : placeOf(cursor),
      limit,
    });
    return {
      running: await this.store.running(tenant),
      jobs: jobs.map((job) => this.shown(by, job)),
      next: next === undefined ? null : cursorOf(next),
      ...(isCutShort && next !== undefined ? { lookedBackTo: next.acceptedAt } : {}),
    };
  }

  shown(by: Principal, { state, problem, ...job }: ListedJob): ShownJob {
    const known = Object.fromEntries(Object.entries(job).filter(([, value]) => value !== null)) as typeof job;
    const progress = state === 'accepted' ? this.registry.find(by, job.id)?.progress : undefined;
    return {
      ...(known as Omit<ShownJob, 'state'>),
      state: state === 'accepted' ? 'running' : state,
      ...(progress === undefined ? {} : { progress }),
      ...(problem === null ? {} : { problem: { code: problem, title: titleOf(problem) } }),
    };
  }
}

const cursorOf = ({ acceptedAt, id }: JobPlace): string => `${String(acceptedAt.getTime())}~${id}`;

function placeOf(cursor: string) {
  const [, at, id = ''] = CURSOR.exec(cursor) ?? [];
  return { acceptedAt: new Date(Number(at)), id };
}
