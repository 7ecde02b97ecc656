import { DatabaseError } from 'pg';
import { retryConflicts } from '../database/retry-conflicts';
import { WritingConnection, type WritingConnectionOptions } from '../database/writing-connection';
import { GroupCommit, type GroupLimits } from './group-commit';
import { writeRecords, type RecordChange } from './write-records';

/**
 * A group is small enough for the nested loops that its statement is planned with, and large enough that a commit costs each of
 * its items next to nothing. One is on its way at a time: with two, the groups are half as large and nothing is sooner on disk.
 */
const LIMITS: GroupLimits = {
  groupItems: 64,
  groupBytes: 8 << 20,
  waitingItems: 4_096,
  waitingBytes: 256 << 20,
};

/** Keys, ids, a status: what a row takes beside its answer and its event. */
const ROW_BYTES = 256;

/**
 * Data, constraint, deadlock, size: classes of SQLSTATE (PostgreSQL manual, appendix A) for which one row may be the reason; and
 * ours, of what the triggers of our tables refuse.
 */
const CLASSES_OF_ONE_ROW = new Set(['22', '23', '40', '54', 'MS']);

const isOfOneItem = (error: unknown): boolean =>
  error instanceof DatabaseError && CLASSES_OF_ONE_ROW.has(error.code?.slice(0, 2) ?? '');

/**
 * Writes acceptances and endings of requests, and what is told beside them: those that come at once in one commit, on a connection
 * of its own.
 */
export class RecordWriter {
  private readonly connection: WritingConnection;
  private readonly group: GroupCommit<RecordChange>;

  constructor(options: WritingConnectionOptions, limits: GroupLimits = LIMITS) {
    const connection = new WritingConnection(options);
    this.connection = connection;
    this.group = new GroupCommit({
      limits,
      isOfOneItem,
      sizeOf: (change) =>
        ROW_BYTES + change.payload.length + (change.kind === 'finish' ? (change.result?.length ?? 0) : 0),
      write: (changes) => retryConflicts(() => writeRecords(connection, changes)),
    });
  }

  /** @see GroupCommit.submit */
  submit(change: RecordChange, room?: number): Promise<boolean> {
    return this.group.submit(change, room);
  }

  /** Writes what waits, then closes its connection. */
  async close(): Promise<void> {
    await this.group.drained();
    await this.connection.close();
  }
}
