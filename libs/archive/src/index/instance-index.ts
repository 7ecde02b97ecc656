import type { ArchiveQuery, QueryAnswer } from './archive-query';
import type { KeptInstance, NewInstance, StudyKey, StudySummary } from './kept-instance';

/** What the index made of an instance. */
export type Indexing =
  | { readonly kind: 'new' }
  /** The same bytes were there: as they are kept. */
  | { readonly kind: 'same'; readonly instance: KeptInstance }
  /** Its UID is taken: by other bytes, or in another series or study. */
  | { readonly kind: 'taken' };

export type Found =
  | { readonly kind: 'found'; readonly instances: readonly KeptInstance[] }
  | { readonly kind: 'unknown' }
  /** It was here, and was removed when its time was over. */
  | { readonly kind: 'gone' };

/** What may be removed of a study. */
export interface Removal {
  readonly tenant: string;
  readonly studyUid: string;
  /** Whether it stays known that there was such a study. */
  readonly leavesTrace: boolean;
  /** Only where nothing has changed since. */
  readonly unchangedSince?: Date | undefined;
}

/**
 * Which instances there are, of whom, and where. All methods throw ServingError `unavailable` when it does not answer, and `overloaded`
 * when too many wait.
 */
export interface InstanceIndex {
  /**
   * Writes the row while the file is written; its commit waits for `durable`, so that there never is a row without its file.
   * Resolves once both are on disk. Those that come at once share a commit.
   *
   * @throws also what `durable` rejects with: then there is no row
   */
  add(instance: NewInstance, durable: Promise<void>): Promise<Indexing>;
  find(tenant: string, key: StudyKey): Promise<Found>;
  query(query: ArchiveQuery): Promise<QueryAnswer>;
  study(tenant: string, studyUid: string): Promise<StudySummary | undefined>;
  /** Studies of a tenant that changed at that time or later, in the order of their changes. */
  changedStudies(tenant: string, since: Date, limit: number): Promise<StudySummary[]>;
  /** An association or a request is over: nothing more comes of it. */
  endBatch(tenant: string, batch: string): Promise<void>;
  /** Who has studies, or had. */
  tenants(): Promise<string[]>;
  /** Studies of which nothing has changed since a time. */
  unchangedStudies(tenant: string, since: Date, limit: number): Promise<string[]>;
  /** Studies that show whom a keyed hash stands for. */
  studiesOfPatient(tenant: string, patient: string): Promise<string[]>;
  /** Files of a study that may be deleted now: no row speaks of them any more. */
  remove(removal: Removal): Promise<readonly string[]>;
  /** Those of some files that no row of a tenant speaks of. */
  filesWithoutRow(tenant: string, files: readonly string[]): Promise<string[]>;
  /** All that is kept, of all tenants, as far as it is known. */
  bytes(): Promise<number>;
}
