import type { Database, Queryable } from '../database/database';
import type {
  JudgedBin,
  LedgerPage,
  MonitorMemory,
  MonitorSeriesKey,
  MonitorSeriesRow,
  MonitorTotal,
  ReviewedAnswer,
  WaitingAnswer,
  ToldVerdict,
} from './monitor-rows';

/** What a batch of events comes to. */
export interface MonitorChanges {
  readonly totals: readonly MonitorTotal[];
  readonly series: readonly Omit<MonitorSeriesRow, 'verdict'>[];
}

/** Somebody else has recalled what is kept since: whoever is told so recalls it too before counting on. */
export class LostTurnError extends Error {}

/** Under which turn events are counted, and how far their log was read with them. */
export interface MonitorPlace {
  readonly turn: number;
  readonly cursor?: Pick<LedgerPage, 'log' | 'next'> | undefined;
}

/** What can be done within the one transaction that counts a batch. */
export interface MonitorBatch {
  /** Those of the events that were never counted before. */
  readonly fresh: ReadonlySet<string>;
  /** Keeps answers that were not known for later verdicts. @returns those of which one was told before */
  keepAnswers(answers: readonly WaitingAnswer[]): Promise<ReviewedAnswer[]>;
  /** Keeps verdicts, of each answer the latest. @returns those whose answer is known and that stand now */
  keepVerdicts(verdicts: readonly ToldVerdict[]): Promise<ReviewedAnswer[]>;
}

export interface MonitorLimits {
  /** For so long it is remembered which events were counted. */
  readonly eventDays: number;
  readonly answerDays: number;
  readonly answers: number;
}

/** Kafka keeps a topic for seven days unless told otherwise: what it may bring again is remembered longer. */
const MONITOR_LIMITS: MonitorLimits = { eventDays: 8, answerDays: 180, answers: 500_000 };

const FRESH = `
INSERT INTO monitor_event (event) SELECT event FROM unnest($1::uuid[]) AS claimed (event)
WHERE event > coalesce((SELECT event FROM monitor_forgotten), '00000000-0000-0000-0000-000000000000')
ON CONFLICT DO NOTHING RETURNING event`;

const TAKE_TURN = `
INSERT INTO monitor_turn (turn) VALUES (1) ON CONFLICT (only_row) DO UPDATE SET turn = monitor_turn.turn + 1
RETURNING turn::float8 AS turn`;

/** Held until the commit: who takes the next turn sees all that was counted in this one. */
const HOLD_TURN = 'SELECT turn::float8 AS turn FROM monitor_turn FOR SHARE';

const TOTALS = 'SELECT name, labels, value FROM monitor_total';

const SERIES = `SELECT model, version, site, scanner, signal, state, verdict FROM monitor_series
ORDER BY model, version, site, scanner, signal`;

const ADD = `
INSERT INTO monitor_total (name, labels, value)
SELECT name, labels, sum(value) FROM unnest($1::text[], $2::jsonb[], $3::float8[]) AS added (name, labels, value)
GROUP BY name, labels ORDER BY name, labels
ON CONFLICT (name, labels) DO UPDATE SET value = monitor_total.value + excluded.value`;

const KEEP_SERIES = `
INSERT INTO monitor_series (model, version, site, scanner, signal, state)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[])
ON CONFLICT (model, version, site, scanner, signal) DO UPDATE SET state = excluded.state`;

/** The first answer of a request stands, by which its row has a model: its verdict is counted once, and moves within the place that it was counted at. */
const KEEP_ANSWERS = `
INSERT INTO monitor_answer (request, model, version, site, scanner, score)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::float8[])
ON CONFLICT (request) DO UPDATE SET model = excluded.model, version = excluded.version, site = excluded.site,
  scanner = excluded.scanner, score = excluded.score
WHERE monitor_answer.model IS NULL
RETURNING request, model, version, site, scanner, score, verdict, NULL AS replaced`;

/** `counted` reads what was there before the statement: verdicts whose answer was not known then were not counted. */
const KEEP_VERDICTS = `
WITH counted AS (
  SELECT request, verdict AS replaced FROM monitor_answer WHERE request = ANY($1::uuid[]) AND model IS NOT NULL
), kept AS (
  INSERT INTO monitor_answer (request, verdict, is_right, told)
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::boolean[], $4::uuid[])
  ON CONFLICT (request) DO UPDATE SET verdict = excluded.verdict, is_right = excluded.is_right, told = excluded.told
  WHERE monitor_answer.told IS NULL OR monitor_answer.told < excluded.told
  RETURNING request, model, version, site, scanner, score, verdict
)
SELECT kept.*, replaced FROM kept LEFT JOIN counted USING (request)`;

const GO_ON = `
INSERT INTO monitor_cursor (log, next) VALUES ($1, $2)
ON CONFLICT (log) DO UPDATE SET next = greatest(monitor_cursor.next, excluded.next)`;

const BEHIND = `
SELECT tenant AS log, coalesce(next, 0)::float8 AS next, size::float8 AS size
FROM ledger_state LEFT JOIN monitor_cursor ON log = tenant WHERE size > coalesce(next, 0) ORDER BY log`;

/** Ordered by the column and not by the number made of it: an index has the one, and all that is unread would be sorted for the other. */
export const ENTRIES = `
SELECT index::float8 AS index, event, leaf FROM ledger_entry WHERE tenant = $1 AND index >= $2 AND index < $3
ORDER BY ledger_entry.index LIMIT $4`;

const JUDGED = `
SELECT model, version, site, least(9, floor(score * 10))::int AS bin, count(*)::float8 AS count, sum(score) AS "scoreSum",
  count(*) FILTER (WHERE is_right)::float8 AS right
FROM monitor_answer WHERE is_right IS NOT NULL AND score IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`;

/**
 * Ids of events begin with their time, so the largest that goes says what all smaller ones are taken for: counted. An id that is ahead of its
 * time, by a clock that is wrong or by somebody who forges events, stays until that time has come: as the largest it would have all
 * that happens until then taken for counted.
 */
const FORGET = `
WITH due AS (
  SELECT event FROM monitor_event WHERE taken_at < now() - make_interval(days => $1)
    AND event < ledger_first_event(now() - make_interval(days => $1))
  ORDER BY taken_at LIMIT $2
), gone AS (DELETE FROM monitor_event USING due WHERE monitor_event.event = due.event RETURNING due.event)
INSERT INTO monitor_forgotten (event) SELECT event FROM gone ORDER BY event DESC LIMIT 1
ON CONFLICT (only_row) DO UPDATE SET event = greatest(monitor_forgotten.event, excluded.event)
RETURNING (SELECT count(*)::int FROM gone) AS count`;

const FORGET_ANSWERS = `
WITH due AS (
  SELECT request FROM monitor_answer WHERE at < greatest(now() - make_interval(days => $1),
    (SELECT at FROM monitor_answer ORDER BY at DESC OFFSET $3 LIMIT 1))
  ORDER BY at LIMIT $2
), gone AS (DELETE FROM monitor_answer USING due WHERE monitor_answer.request = due.request RETURNING 1)
SELECT count(*)::int AS count FROM gone`;

/** So many go at a time: a statement that takes too long is undone, and the next one would take longer still. */
const FORGOTTEN_AT_ONCE = 10_000;

/** The monitor's memory. A batch of events is counted in one commit, which waits for the disk: a transport may forget them then. */
export class MonitorStore {
  constructor(private readonly database: Database) {}

  /** What is kept, for the caller to count on top of: who did so before is refused from now on. */
  recall(): Promise<MonitorMemory> {
    return this.database.transaction('read committed', async (client) => {
      const [taken] = await client.rows<{ turn: number }>({ text: TAKE_TURN, values: [] });
      const totals = await client.rows<MonitorTotal>({ text: TOTALS, values: [] });
      const series = await client.rows<MonitorSeriesRow>({ text: SERIES, values: [] });
      return { turn: taken?.turn ?? 0, totals, series };
    });
  }

  /**
   * Counts those of the events that were never counted before: `work` says what they come to, and may be called again. What has happened is
   * kept together with the ids, or not at all.
   *
   * @throws LostTurnError when the turn is another's: a series that is kept whole would undo what that one saw
   */
  count<T extends MonitorChanges>(
    events: readonly string[],
    { turn, cursor }: MonitorPlace,
    work: (batch: MonitorBatch) => Promise<T>,
  ): Promise<T> {
    return this.database.transaction('read committed', async (client) => {
      const [held] = await client.rows<{ turn: number }>({ name: 'monitor-turn', text: HOLD_TURN, values: [] });
      if (held?.turn !== turn) throw new LostTurnError('Another monitor counts.');
      const rows = await client.rows<{ event: string }>({ name: 'monitor-fresh', text: FRESH, values: [events] });
      const changes = await work({
        fresh: new Set(rows.map(({ event }) => event)),
        keepAnswers: (answers) => keepAnswers(client, answers),
        keepVerdicts: (verdicts) => keepVerdicts(client, verdicts),
      });
      await keep(client, changes);
      if (cursor !== undefined)
        await client.rows({ name: 'monitor-cursor', text: GO_ON, values: [cursor.log, cursor.next] });
      return changes;
    });
  }

  totals(): Promise<MonitorTotal[]> {
    return this.database.rows({ text: TOTALS, values: [] });
  }

  series(): Promise<MonitorSeriesRow[]> {
    return this.database.rows({ text: SERIES, values: [] });
  }

  judged(): Promise<JudgedBin[]> {
    return this.database.rows({ text: JUDGED, values: [] });
  }

  /**
   * Pages of ledger entries that were not read yet, one of each log that has any; logs whose entries were deleted go on after them. A
   * page is read when it is asked for: of however many logs, one is held.
   */
  async *unread(limit: number): AsyncGenerator<LedgerPage, void, undefined> {
    const logs = await this.database.rows<{ log: string; next: number; size: number }>({
      name: 'monitor-behind',
      text: BEHIND,
      values: [],
    });
    for (const { log, next, size } of logs) {
      const values = [log, next, size, limit];
      const entries = await this.database.rows<{ index: number; event: string; leaf: Buffer }>({
        name: 'monitor-entries',
        text: ENTRIES,
        values,
      });
      const last = entries.at(-1);
      const isWhole = last === undefined || entries.length < limit;
      yield { log, next: isWhole ? size : last.index + 1, entries };
    }
  }

  /** What was last found of series, for who asks without watching. */
  async keepJudgements(rows: readonly (MonitorSeriesKey & { readonly verdict: unknown })[]): Promise<void> {
    const text = `
      UPDATE monitor_series AS kept SET verdict = found.verdict
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[])
        AS found (model, version, site, scanner, signal, verdict)
      WHERE (kept.model, kept.version, kept.site, kept.scanner, kept.signal)
        = (found.model, found.version, found.site, found.scanner, found.signal)
        AND kept.verdict IS DISTINCT FROM found.verdict`;
    const values = [...keyColumns(rows), rows.map(({ verdict }) => JSON.stringify(verdict))];
    await this.database.rows({ name: 'monitor-verdicts', text, values });
  }

  /** Has the monitor learn its references anew: of a version of a model, or of all of them. */
  async askToRelearn(model: string, version = ''): Promise<void> {
    const text = 'INSERT INTO monitor_relearn (model, version) VALUES ($1, $2) ON CONFLICT DO NOTHING';
    await this.database.rows({ text, values: [model, version] });
  }

  /** Forgets the series that are to be learnt anew. @returns whether there were any: who counts has to recall what is left */
  async relearn(): Promise<boolean> {
    const asked = await this.database.rows({ text: 'SELECT 1 FROM monitor_relearn LIMIT 1', values: [] });
    if (asked.length === 0) return false;
    const text = `
      WITH asked AS (DELETE FROM monitor_relearn RETURNING model, version)
      DELETE FROM monitor_series USING asked
      WHERE monitor_series.model = asked.model AND asked.version IN ('', monitor_series.version)`;
    await this.database.rows({ text, values: [] });
    return true;
  }

  async forget({ eventDays, answerDays, answers }: MonitorLimits = MONITOR_LIMITS): Promise<void> {
    await this.forgetAll(FORGET, [eventDays, FORGOTTEN_AT_ONCE]);
    await this.forgetAll(FORGET_ANSWERS, [answerDays, FORGOTTEN_AT_ONCE, answers]);
  }

  private async forgetAll(text: string, values: readonly number[]): Promise<void> {
    let count = 0;
    do {
      const [gone] = await this.database.rows<{ count: number }>({ text, values: [...values] });
      count = gone?.count ?? 0;
    } while (count === FORGOTTEN_AT_ONCE);
  }
}

const keyColumns = (rows: readonly MonitorSeriesKey[]): string[][] => [
  rows.map(({ model }) => model),
  rows.map(({ version }) => version),
  rows.map(({ site }) => site),
  rows.map(({ scanner }) => scanner),
  rows.map(({ signal }) => signal),
];

async function keep(client: Queryable, { totals, series }: MonitorChanges): Promise<void> {
  if (totals.length > 0) {
    const values = [
      totals.map(({ name }) => name),
      totals.map(({ labels }) => JSON.stringify(labels)),
      totals.map(({ value }) => value),
    ];
    await client.rows({ name: 'monitor-add', text: ADD, values });
  }
  if (series.length > 0) {
    const values = [...keyColumns(series), series.map(({ state }) => JSON.stringify(state))];
    await client.rows({ name: 'monitor-keep', text: KEEP_SERIES, values });
  }
}

type AnswerRow = { readonly [K in keyof ReviewedAnswer]: ReviewedAnswer[K] | null };

const reviewed = (rows: readonly AnswerRow[]): ReviewedAnswer[] =>
  rows.filter((row): row is ReviewedAnswer => row.model !== null && row.verdict !== null);

async function keepAnswers(client: Queryable, answers: readonly WaitingAnswer[]): Promise<ReviewedAnswer[]> {
  // A request has one answer; a transport on which somebody else writes may say otherwise.
  const each = [...new Map(answers.map((answer) => [answer.request, answer])).values()];
  if (each.length === 0) return [];
  const values = [
    each.map(({ request }) => request),
    each.map(({ model }) => model),
    each.map(({ version }) => version),
    each.map(({ site }) => site),
    each.map(({ scanner }) => scanner),
    each.map(({ score }) => score),
  ];
  return reviewed(await client.rows<AnswerRow>({ name: 'monitor-answers', text: KEEP_ANSWERS, values }));
}

async function keepVerdicts(client: Queryable, verdicts: readonly ToldVerdict[]): Promise<ReviewedAnswer[]> {
  const latest = new Map<string, ToldVerdict>();
  for (const told of verdicts) {
    const before = latest.get(told.request);
    if (before === undefined || before.event < told.event) latest.set(told.request, told);
  }
  if (latest.size === 0) return [];
  const told = [...latest.values()];
  const values = [
    told.map(({ request }) => request),
    told.map(({ verdict }) => verdict),
    told.map(({ isRight }) => isRight),
    told.map(({ event }) => event),
  ];
  return reviewed(await client.rows<AnswerRow>({ name: 'monitor-told', text: KEEP_VERDICTS, values }));
}
