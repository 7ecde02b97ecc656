import type { WorkitemDataSet, WorkitemState } from '@medserve/studies';
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
  readonly stepLabels?: readonly string[];
  /** Dates of eight digits, both of them included. */
  readonly born?: { readonly from?: string; readonly to?: string };
  readonly sexes?: readonly string[];
  readonly scheduled?: { readonly from?: Date | undefined; readonly to?: Date | undefined };
  readonly codes?: readonly CodeMatch[];
}

/** A sequence of codes has an item that has one of the values of each of its keys (PS3.4 C.2.2.2.6). */
export interface CodeMatch {
  /** Eight hexadecimal digits, as those of the keys. */
  readonly sequence: string;
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** The items of the sequence that the work of every route has. */
  readonly ofRoutes: readonly WorkitemDataSet[];
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
  // The work of a route is called by its route, and its patient is the archive's.
  stepLabels: {
    name: "CASE WHEN data_set IS NULL THEN label ELSE data_set #>> '{00741204,Value,0}' END",
    is: 'pattern',
  },
  sexes: { name: "coalesce(data_set::jsonb, patient) #>> '{00100040,Value,0}'", is: 'exact' },
} as const satisfies Record<
  Exclude<keyof WorkitemMatch, 'scheduled' | 'born' | 'uids' | 'uuids' | 'codes'>,
  { name: string; is: string }
>;

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
    if (is === 'exact') conditions.push(`(${name}) = ANY (${bind([...wanted])}::text[])`);
    else if (is === 'any') conditions.push(`${name} && ${bind([...wanted])}::text[]`);
    else conditions.push(`(${name}) ${is === 'name' ? 'ILIKE' : 'LIKE'} ANY (${bind(wanted.map(patternOf))}::text[])`);
  }
  if (match.uids !== undefined) {
    const [uids, uuids] = [bind([...match.uids]), bind([...(match.uuids ?? [])])];
    const roots = `(SELECT ${rootOf('wanted')} FROM unnest(${uuids}::text[]) AS wanted)`;
    conditions.push(
      `(uid = ANY (${uids}::text[]) OR (root IN ${roots} AND ${WORK_UUID}::text = ANY (${uuids}::text[])))`,
    );
  }
  for (const { sequence, values: keys, ofRoutes } of match.codes ?? []) {
    const told = `coalesce(data_set #> ARRAY[${bind(sequence)}::text, 'Value'], '[]')`;
    const items = `CASE WHEN data_set IS NULL THEN ${bind(JSON.stringify(ofRoutes))}::json ELSE ${told} END`;
    const has = Object.entries(keys).map(
      ([tag, wanted]) =>
        `item #>> ARRAY[${bind(tag)}::text, 'Value', '0'] LIKE ANY (${bind(wanted.map(patternOf))}::text[])`,
    );
    conditions.push(`EXISTS (SELECT FROM json_array_elements(${items}) AS item WHERE ${has.join(' AND ')})`);
  }
  const birthDate = "coalesce(data_set::jsonb, patient) #>> '{00100030,Value,0}'";
  if (match.born?.from !== undefined) conditions.push(`(${birthDate}) >= ${bind(match.born.from)}`);
  if (match.born?.to !== undefined) conditions.push(`(${birthDate}) <= ${bind(match.born.to)}`);
  const { from, to } = match.scheduled ?? {};
  if (from !== undefined) conditions.push(`scheduled_at >= ${bind(from)}`);
  if (to !== undefined) conditions.push(`scheduled_at <= ${bind(to)}`);
  const text = `SELECT ${FACE} FROM workitem_face AS face WHERE ${conditions.join(' AND ')}
ORDER BY scheduled_at DESC, uid, root, label LIMIT ${bind(limit)} OFFSET ${bind(offset)}`;
  return { text, values };
}
