import { ARCHIVE_LIMITS, type ArchiveObserver, type ArchiveOptions, type ArchiveState } from './archive-options';
import { FileStore } from './files/file-store';
import type { ArchiveQuery, QueryAnswer } from './index/archive-query';
import type { Found, InstanceIndex } from './index/instance-index';
import type { KeptInstance, StudyKey, StudySummary } from './index/kept-instance';
import { DiskWatch } from './intake/disk-watch';
import type { Expected, Incoming } from './intake/incoming';
import { Intake, type PutConditions, type StoredListener } from './intake/intake';
import { OpenedInstance } from './opened-instance';
import { Housekeeping, type Tidied } from './retention/housekeeping';
import type { Origin, StoreOutcome } from './stored-instance';

/** How often its state is told. */
const TELL_EVERY_MS = 30_000;

/**
 * Instances as they came, byte for byte: a file each, and a row in the index, which is what makes it one. `stored` is answered when both
 * are durable. Methods that ask the index throw ServingError `unavailable` when it does not answer.
 */
export class Archive {
  private readonly index: InstanceIndex;
  private readonly observer: ArchiveObserver | undefined;
  private readonly listeners = new Set<StoredListener>();
  private readonly watch: DiskWatch;
  private readonly intake: Intake;
  private readonly housekeeping: Housekeeping;
  private telling: NodeJS.Timeout | undefined;

  private constructor(
    private readonly files: FileStore,
    options: ArchiveOptions,
  ) {
    const { index, now = () => new Date(), observer, room = () => files.room() } = options;
    const limits = { ...ARCHIVE_LIMITS, ...options.limits };
    this.index = index;
    this.observer = observer;
    this.watch = new DiskWatch({ ...limits, room, now: () => performance.now() });
    const onStored: StoredListener = (instance, origin) => {
      for (const listener of this.listeners) listener(instance, origin);
    };
    this.intake = new Intake({ ...options, files, watch: this.watch, limits, now, onStored });
    this.housekeeping = new Housekeeping({ ...options, files, now });
  }

  /** @throws the error of the file system, where the folder cannot be made or opened */
  static async open(options: ArchiveOptions): Promise<Archive> {
    const files = new FileStore(options.root, options.now ?? (() => new Date()));
    await files.prepare();
    const archive = new Archive(files, options);
    await archive.watch.look();
    return archive;
  }

  /** A data set as it comes over an association. */
  receive(origin: Origin, expected: Expected): Incoming {
    return this.intake.receive(origin, expected);
  }

  /** A whole Part 10 file. */
  put(origin: Origin, file: Buffer, conditions: PutConditions = {}): Promise<StoreOutcome> {
    return this.intake.put(origin, file, conditions);
  }

  /** The instances of a study, a series, or one. */
  read(tenant: string, key: StudyKey): Promise<Found> {
    return this.index.find(tenant, key);
  }

  open(instance: KeptInstance): OpenedInstance {
    return new OpenedInstance(instance, this.files);
  }

  query(query: ArchiveQuery): Promise<QueryAnswer> {
    return this.index.query(query);
  }

  study(tenant: string, studyUid: string): Promise<StudySummary | undefined> {
    return this.index.study(tenant, studyUid);
  }

  /** In the order of their changes, from `since` on. */
  changedStudies(tenant: string, since: Date, limit: number): Promise<StudySummary[]> {
    return this.index.changedStudies(tenant, since, limit);
  }

  /** Who has studies. */
  tenants(): Promise<string[]> {
    return this.index.tenants();
  }

  /** The association was released or aborted, or the request is answered: nothing more comes of it. */
  batchEnded({ tenant, batch }: Pick<Origin, 'tenant' | 'batch'>): Promise<void> {
    return this.index.endBatch(tenant, batch);
  }

  /** Called for each instance that is new, after it is durable. @returns what ends it */
  onStored(listener: StoredListener): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  /** Removes a study. It stays known that it was here, and when; nothing of the patient. */
  removeStudy(tenant: string, studyUid: string): Promise<void> {
    return this.housekeeping.remove({ tenant, studyUid, leavesTrace: true });
  }

  /**
   * Removes all that shows one patient, without a trace.
   *
   * @param patient keyed hash, in hex
   * @returns how many studies there were
   */
  removePatient(tenant: string, patient: string): Promise<number> {
    return this.housekeeping.removePatient(tenant, patient);
  }

  /** Removes what is kept long enough, and files that are nobody's. */
  tidy(): Promise<Tidied> {
    return this.housekeeping.tidy();
  }

  /** `tidy` now and ever again, and how it is told, until the archive is closed. */
  keepTidy(everyMs: number): void {
    this.housekeeping.start(everyMs);
    this.telling ??= setInterval(() => void this.tell(), TELL_EVERY_MS).unref();
    void this.tell();
  }

  async state(): Promise<ArchiveState> {
    await this.watch.look();
    const { freeBytes } = this.watch;
    return { bytes: await this.index.bytes(), freeBytes, incoming: this.intake.incoming };
  }

  async close(): Promise<void> {
    clearInterval(this.telling);
    await this.housekeeping.stop();
    await this.files.close();
  }

  private async tell(): Promise<void> {
    // An index that does not answer says so where it is missed.
    const state = await this.state().catch(() => undefined);
    if (state !== undefined) this.observer?.state(state);
  }
}
