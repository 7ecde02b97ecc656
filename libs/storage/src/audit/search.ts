/** What an auditor looks for; all that is given has to hold. */
export interface AuditQuery {
  readonly from?: Date | undefined;
  /** Not itself in it. */
  readonly to?: Date | undefined;
  readonly actor?: string | undefined;
  readonly event?: string | undefined;
  readonly model?: string | undefined;
  /** `<kind>:<id>`; a request is `result:<id>`. */
  readonly subject?: string | undefined;
  /** Keyed hash, in hex. */
  readonly patient?: string | undefined;
  /** Only entries before this one: the last of the page before. */
  readonly before?: number | undefined;
  readonly limit: number;
}

const CONDITIONS: Record<Exclude<keyof AuditQuery, 'limit'>, string> = {
  from: 'at >= ?',
  to: 'at < ?',
  actor: 'actor = ?',
  event: 'found.event = ?',
  model: 'model = ?',
  subject: 'subject = ?',
  patient: 'patient = ?',
  before: 'sequence < ?',
};

/** The statement that finds the entries, newest first; one more than the limit says that there is another page. */
export function searchStatement(tenant: string, query: AuditQuery): { text: string; values: unknown[] } {
  const values: unknown[] = [tenant];
  const conditions = Object.entries(CONDITIONS).flatMap(([name, condition]) => {
    const value = query[name as keyof typeof CONDITIONS];
    if (value === undefined) return [];
    values.push(value);
    return [` AND ${condition.replace('?', `$${String(values.length)}`)}`];
  });
  values.push(query.limit + 1);
  const text = `
    SELECT sequence, leaf FROM audit_index AS found
    JOIN ledger_entry AS entry ON entry.tenant = $1 AND entry.index = found.sequence
    WHERE found.tenant = $1${conditions.join('')}
    ORDER BY sequence DESC LIMIT $${String(values.length)}`;
  return { text, values };
}
