import type { Indexing, NewInstance } from '@medserve/archive';
import { ServingError } from '@medserve/errors';
import type { JsonAttributes } from '@medserve/imaging';
import { DatabaseError } from 'pg';
import { toldAs } from '../database/away';
import { textArray } from '../database/binary-array';
import { retryConflicts } from '../database/retry-conflicts';
import { WritingConnection, type WritingConnectionOptions } from '../database/writing-connection';
import { GroupCommit, type GroupLimits } from '../records/group-commit';
import { keptFrom, type InstanceRow } from './instance-rows';
import { searchedNames } from './person-names';

interface Entry {
  readonly instance: NewInstance;
  readonly row: string;
  /** Resolves when its file is on disk. */
  readonly durable: Promise<void>;
  indexing?: Indexing;
}

type AddedRow = InstanceRow & { readonly asked: string; readonly isNew: boolean };

/** One row is some 3 kB of JSON; a group of 64 is written in the time of a few. */
const LIMITS: GroupLimits = { groupItems: 64, groupBytes: 4 << 20, waitingItems: 1_024, waitingBytes: 64 << 20 };

/** The row of an instance up to this size is written while its file is; 4 MiB are on the slowest disk in some tenths of a second. */
const OVERLAPPED_BYTES = 4 << 20;

const ADD = `
SELECT asked, is_new AS "isNew", study_uid AS "studyUid", series_uid AS "seriesUid", sop_class_uid AS "sopClassUid",
  transfer_syntax_uid AS "transferSyntaxUid", file, data_set_offset AS "dataSetOffset", bytes::float8 AS bytes,
  encode(sha256, 'hex') AS sha256, door, received_at AS "receivedAt"
FROM medserve_add_instances($1::text[], $2::jsonb)`;

/** Data, constraint, size (PostgreSQL manual, appendix A): one row may be the reason. */
const CLASSES_OF_ONE_ROW = new Set(['22', '23', '54']);
const isOfOneItem = (error: unknown): boolean =>
  error instanceof LostFile ||
  (error instanceof DatabaseError && CLASSES_OF_ONE_ROW.has(error.code?.slice(0, 2) ?? ''));

/** Writes rows of instances, those that come at once in one commit, on a connection of its own. */
export class InstanceWriter {
  private readonly connection: WritingConnection;
  private readonly group: GroupCommit<Entry>;

  constructor(options: WritingConnectionOptions) {
    const connection = new WritingConnection(options);
    this.connection = connection;
    this.group = new GroupCommit<Entry>({
      limits: LIMITS,
      isOfOneItem,
      sizeOf: ({ row }) => row.length,
      write: (entries) => retryConflicts(() => write(connection, entries)),
    });
  }

  /** @throws ServingError `overloaded`, `unavailable`; what `durable` rejects with */
  async add(instance: NewInstance, durable: Promise<void>): Promise<Indexing> {
    // What takes its time to be written would keep all that share its commit waiting.
    if (instance.bytes > OVERLAPPED_BYTES) await durable;
    const entry: Entry = { instance, durable, row: rowOf(instance) };
    // A failure is heard here too: the group may reject before it comes to this file.
    durable.catch(() => undefined);
    try {
      await this.group.submit(entry);
    } catch (error) {
      throw error instanceof LostFile ? error.cause : toldAs(error);
    }
    if (entry.indexing !== undefined) return entry.indexing;
    // Its UID was taken, and free again a moment later: whoever had it was just being removed.
    throw new ServingError('unavailable', 'The instance of this UID is just being removed.');
  }

  async close(): Promise<void> {
    await this.group.drained();
    await this.connection.close();
  }
}

/** The file of one of a group could not be written. */
class LostFile extends Error {}

/** The rows are written while the files still are; the commit waits for all of them. */
async function write(connection: WritingConnection, entries: readonly Entry[]): Promise<boolean[]> {
  const tenants = textArray([...new Set(entries.map(({ instance }) => instance.tenant))]);
  const values = [tenants, `[${entries.map(({ row }) => row).join()}]`];
  const statement = { name: 'archive-add', text: ADD, values };
  const allDurable = Promise.all(entries.map(({ durable }) => durable)).catch((cause: unknown) => {
    throw new LostFile('', { cause });
  });
  const rows = await connection.rowsOnce<AddedRow>(allDurable, statement);
  const byFile = new Map(rows.map((row) => [row.asked, row]));
  for (const entry of entries) {
    const row = byFile.get(entry.instance.file);
    if (row !== undefined) entry.indexing = indexingOf(entry.instance, row);
  }
  return entries.map(() => true);
}

function indexingOf(instance: NewInstance, row: AddedRow): Indexing {
  if (row.isNew) return { kind: 'new' };
  const { tenant, sopInstanceUid } = instance;
  const known = keptFrom(tenant, { ...row, sopInstanceUid });
  const isSame =
    known.sha256 === instance.sha256 && known.studyUid === instance.studyUid && known.seriesUid === instance.seriesUid;
  return isSame ? { kind: 'same', instance: known } : { kind: 'taken' };
}

function rowOf(instance: NewInstance): string {
  const { attributes, ...row } = instance;
  const { study, series, instance: own } = attributes;
  return JSON.stringify({
    tenant: row.tenant,
    sop_instance_uid: row.sopInstanceUid,
    study_uid: row.studyUid,
    series_uid: row.seriesUid,
    sop_class_uid: row.sopClassUid,
    transfer_syntax_uid: row.transferSyntaxUid,
    file: row.file,
    data_set_offset: row.dataSetOffset,
    bytes: row.bytes,
    sha256: row.sha256,
    door: row.door,
    received_at: row.receivedAt,
    sender: row.sender,
    route: row.route ?? null,
    batch: row.batch,
    patient: row.patient ?? null,
    patient_id: firstText(study, '00100020'),
    accession: firstText(study, '00080050'),
    // Without the dots of the standard's first edition, so that an index may be searched (PS3.5 6.2).
    study_date: firstText(study, '00080020')?.replaceAll('.', '') ?? null,
    modality: firstText(series, '00080060'),
    study,
    study_names: searchedNames(study),
    series,
    series_names: searchedNames(series),
    instance: own,
    instance_names: searchedNames(own),
  });
}

function firstText(attributes: JsonAttributes, tag: string): string | null {
  const value = attributes[tag]?.Value?.[0];
  return typeof value === 'string' ? value : null;
}
