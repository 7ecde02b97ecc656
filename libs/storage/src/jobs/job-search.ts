import type { Statement } from '../database/database';
import type { RequestStatus } from '../records/record-store';

/** Where a page of the list ended. */
export interface JobPlace {
  readonly acceptedAt: Date;
  readonly id: string;
}

/** What is looked for; all that is given has to hold. */
export interface JobQuestion {
  readonly tenant: string;
  readonly state?: RequestStatus | undefined;
  readonly task?: string | undefined;
  readonly model?: string | undefined;
  readonly class?: string | undefined;
  readonly site?: string | undefined;
  readonly from?: Date | undefined;
  /** Not itself in it. */
  readonly to?: Date | undefined;
  readonly after?: JobPlace | undefined;
  readonly limit: number;
}

export const JOB_COLUMNS = `
id, state, task, modality, model, version, class, door, site, accepted_at AS "acceptedAt", ended_at AS "endedAt", problem`;

/** How many rows one page looks through for what is asked: a rare one is looked for over several pages, each of them short. */
export const LOOKED_THROUGH = 20_000;

/** Those that run are few, and the records know them by an index: they are found whole, wherever they stand. */
const RUNNING = `state = 'accepted' AND id = ANY (ARRAY(SELECT id FROM request WHERE status = 'accepted' AND tenant = $1))`;

/** Told by the place in the list alone, so that the index of the list begins and ends there. */
const PLACES = { from: 'accepted_at >= ?', to: 'accepted_at < ?' } as const;
/** Looked for along the list: an index for each would be paid for with every request, and few pages ask. */
const FACTS = {
  state: 'state = ?',
  task: 'task = ?',
  model: 'model = ?',
  class: 'class = ?',
  site: 'site = ?',
} as const;

const NEWEST_FIRST = 'ORDER BY accepted_at DESC, id DESC';

/** Whether a page may end because it looked through as much as one may, and not because there is no more. */
export const isLookedFor = (question: JobQuestion): boolean =>
  question.state !== 'accepted' &&
  Object.keys(FACTS).some((name) => question[name as keyof typeof FACTS] !== undefined);

/** The newest first. Which page comes next is told by the last row, so that what is added meanwhile moves nothing. */
export function jobStatement(question: JobQuestion): Statement {
  const { state, limit } = question;
  const said = new Said(question);
  const facts = said.conditions(FACTS, state === 'accepted' ? { ...question, state: undefined } : question);
  const rows =
    state === 'accepted'
      ? `job WHERE ${[...said.places, RUNNING, ...facts].join(' AND ')}`
      : facts.length === 0
        ? `job WHERE ${said.places.join(' AND ')}`
        : `(SELECT * FROM job WHERE ${said.places.join(' AND ')} ${NEWEST_FIRST} LIMIT ${String(LOOKED_THROUGH)}) AS job
    WHERE ${facts.join(' AND ')}`;
  const text = `
    SELECT ${JOB_COLUMNS} FROM ${rows}
    ${NEWEST_FIRST} LIMIT ${said.place(limit)}`;
  return { text, values: said.values };
}

/** The last row that a page looks at, where there are as many as it looks at. */
export function lastLookedAt(question: JobQuestion): Statement {
  const said = new Said(question);
  const text = `
    SELECT accepted_at AS "acceptedAt", id FROM job WHERE ${said.places.join(' AND ')}
    ${NEWEST_FIRST} OFFSET ${String(LOOKED_THROUGH - 1)} LIMIT 1`;
  return { text, values: said.values };
}

/** The conditions of a question, with their values. */
class Said {
  readonly values: unknown[];
  readonly places: readonly string[];

  constructor(question: JobQuestion) {
    this.values = [question.tenant];
    const { after } = question;
    this.places = [
      'tenant = $1',
      ...this.conditions(PLACES, question),
      ...(after === undefined
        ? []
        : [`(accepted_at, id) < (${this.place(after.acceptedAt)}::timestamptz, ${this.place(after.id)}::uuid)`]),
    ];
  }

  place(value: unknown): string {
    return `$${String(this.values.push(value))}`;
  }

  conditions(words: Readonly<Partial<Record<keyof JobQuestion, string>>>, question: Partial<JobQuestion>): string[] {
    return Object.entries(words).flatMap(([name, condition]) => {
      const value = question[name as keyof JobQuestion];
      return value === undefined ? [] : [condition.replace('?', this.place(value))];
    });
  }
}
