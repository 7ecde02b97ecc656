import type { WorkitemState } from '@medserve/studies';
import { FACE, rootOf, WORK_UUID } from './workitem-rows';

/** Values of one key: the item has one of them. `*` and `?` stand for letters, where the column has text. */
export interface WorkitemMatch {
  /** SOP Instance UIDs, and the UUIDs that they are made of where they are. */
  readonly uids?: readonly string[];
  readonly uuids?: readonly string[];
  readonly states?: readonly WorkitemState[];
  readonly priorities?: readonly string[];
  readonly readiness?: readonly string[];
  readonly labels?: readonly string[];
  readonly patientIds?: readonly string[];
  readonly patientNames?: readonly string[];
  readonly accessions?: readonly string[];
  readonly studyUids?: readonly string[];
  readonly scheduled?: { readonly from?: Date | undefined; readonly to?: Date | undefined };
}

export interface WorkitemQuestion {
  readonly tenant: string;
  readonly match: WorkitemMatch;
  readonly limit: number;
  readonly offset: number;
}

const COLUMNS = {
  states: { name: 'state', is: 'exact' },
  priorities: { name: 'priority', is: 'exact' },
  readiness: { name: 'readiness', is: 'exact' },
  labels: { name: 'label', is: 'pattern' },
  patientIds: { name: 'patient_id', is: 'pattern' },
  patientNames: { name: 'patient_name', is: 'name' },
  accessions: { name: 'accession', is: 'pattern' },
  studyUids: { name: 'study_uids', is: 'any' },
} as const satisfies Record<Exclude<keyof WorkitemMatch, 'scheduled' | 'uids' | 'uuids'>, { name: string; is: string }>;

/** A value of C-FIND (PS3.4 C.2.2.2.4) as a pattern of LIKE. */
export const patternOf = (value: string): string =>
  value
    .replace(/[\\%_]/g, '\\$&')
    .replaceAll('*', '%')
    .replaceAll('?', '_');

/** The newest first, in an order that pages keep. */
export function searchStatement({ tenant, match, limit, offset }: WorkitemQuestion): {
  readonly text: string;
  readonly values: unknown[];
} {
  const values: unknown[] = [tenant];
  const bind = (value: unknown): string => `$${String(values.push(value))}`;
  const conditions = ['tenant = $1'];
  for (const [key, { name, is }] of Object.entries(COLUMNS)) {
    const wanted = match[key as keyof typeof COLUMNS];
    if (wanted === undefined) continue;
    if (is === 'exact') conditions.push(`${name} = ANY (${bind([...wanted])}::text[])`);
    else if (is === 'any') conditions.push(`${name} && ${bind([...wanted])}::text[]`);
    else conditions.push(`${name} ${is === 'name' ? 'ILIKE' : 'LIKE'} ANY (${bind(wanted.map(patternOf))}::text[])`);
  }
  if (match.uids !== undefined) {
    const [uids, uuids] = [bind([...match.uids]), bind([...(match.uuids ?? [])])];
    const roots = `(SELECT ${rootOf('wanted')} FROM unnest(${uuids}::text[]) AS wanted)`;
    conditions.push(
      `(uid = ANY (${uids}::text[]) OR (root IN ${roots} AND ${WORK_UUID}::text = ANY (${uuids}::text[])))`,
    );
  }
  const { from, to } = match.scheduled ?? {};
  if (from !== undefined) conditions.push(`scheduled_at >= ${bind(from)}`);
  if (to !== undefined) conditions.push(`scheduled_at <= ${bind(to)}`);
  const text = `SELECT ${FACE} FROM workitem_face AS face WHERE ${conditions.join(' AND ')}
ORDER BY scheduled_at DESC, uid, root, label LIMIT ${bind(limit)} OFFSET ${bind(offset)}`;
  return { text, values };
}
