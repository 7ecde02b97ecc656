import type { Database } from '../database/database';
import type { UsageTime } from './usage-time';

/** What was used in an hour: the sums of one gateway, or of all. */
export interface UsageFigures {
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Turned away by a quota or a full outbox, before there was anything to record. */
  readonly refused: number;
  /** Run time of models on processors, in seconds: of a batch, the share of the request's rows. No engine runs elsewhere. */
  readonly cpuSeconds: number;
  /** Waited in queues, in seconds. */
  readonly queueSeconds: number;
  /** Of the decoded inputs. */
  readonly inputBytes: number;
  readonly costUnits: number;
}

/** Whose use it was, of what, when. A word that is not known is ''. */
export interface UsageKey {
  readonly tenant: string;
  /** Start of the hour, in milliseconds since 1970. */
  readonly hourMs: number;
  /** `name:version` */
  readonly model: string;
  readonly site: string;
  readonly department: string;
  readonly class: string;
}

export type UsageRow = UsageKey & UsageFigures;

/** What sums can be told by. */
export const USAGE_DIMENSIONS = ['hour', 'day', 'model', 'site', 'department', 'class'] as const;
export type UsageDimension = (typeof USAGE_DIMENSIONS)[number];

export interface UsageQuestion extends UsageTime {
  readonly tenant: string;
  readonly by: readonly UsageDimension[];
  /** Most rows to give back. */
  readonly limit: number;
}

/** Sums by the dimensions asked for; instants as ISO 8601 in UTC. */
export type UsageSums = Partial<Record<UsageDimension, string>> & UsageFigures;

const EXPRESSION: Record<UsageDimension, string> = {
  hour: `to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`,
  day: `to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  model: 'model',
  site: 'site',
  department: 'department',
  class: 'class',
};

/** As numbers that JSON has: what is beyond 2^53 bytes is not told to the byte. */
const SUMS = `sum(completed)::float8 AS completed, sum(failed)::float8 AS failed, sum(cancelled)::float8 AS cancelled,
  sum(refused)::float8 AS refused, sum(cpu_seconds) AS "cpuSeconds",
  sum(queue_seconds) AS "queueSeconds", sum(input_bytes)::float8 AS "inputBytes", sum(cost_units)::float8 AS "costUnits"`;

const WRITE = `SELECT medserve_write_usage($1::bigint, $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[],
  $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::float8[], $13::float8[], $14::bigint[], $15::bigint[])`;

/** What tenants used, by the hour. */
export class UsageStore {
  constructor(private readonly database: Database) {}

  /**
   * Writes a gateway's sums in place of what it wrote before: doing it twice is doing it once.
   *
   * @param gateway a number of its own for each process
   */
  async write(gateway: string, rows: readonly UsageRow[]): Promise<void> {
    if (rows.length === 0) return;
    const column = <K extends keyof UsageRow>(name: K): UsageRow[K][] => rows.map((row) => row[name]);
    const hours = rows.map(({ hourMs }) => new Date(hourMs).toISOString());
    await this.database.rows({
      name: 'usage-write',
      text: WRITE,
      values: [
        gateway,
        column('tenant'),
        hours,
        column('model'),
        column('site'),
        column('department'),
        column('class'),
        column('completed'),
        column('failed'),
        column('cancelled'),
        column('refused'),
        column('cpuSeconds'),
        column('queueSeconds'),
        column('inputBytes'),
        column('costUnits'),
      ],
    });
  }

  /** Sums of a tenant, in the order of what they are told by. */
  read({ tenant, from, to, by, limit }: UsageQuestion): Promise<UsageSums[]> {
    const names = by.map((dimension) => `${EXPRESSION[dimension]} AS "${dimension}"`);
    const places = by.map((_, index) => String(index + 1)).join(', ');
    const text = `SELECT ${[...names, SUMS].join(', ')} FROM usage_hour WHERE tenant = $1 AND hour >= $2 AND hour < $3
      ${by.length === 0 ? 'HAVING count(*) > 0' : `GROUP BY ${places} ORDER BY ${places}`} LIMIT $4`;
    return this.database.forTenant(tenant, (client) =>
      client.rows<UsageSums>({ text, values: [tenant, from.toISOString(), to.toISOString(), limit] }),
    );
  }
}
