import type { FileStore } from '../files/file-store';
import { tenantFolder } from '../files/file-paths';
import type { InstanceIndex, Removal } from '../index/instance-index';

export interface HousekeepingOptions {
  readonly index: InstanceIndex;
  readonly files: FileStore;
  readonly now: () => Date;
  readonly keepDays?: number | undefined;
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

export interface Tidied {
  /** Studies whose time was over. */
  readonly studies: number;
  /** Files without a row. */
  readonly files: number;
}

export const KEEP_DAYS = 30;
const DAY_MS = 24 * 3_600_000;
/** A file without a row may be one whose row is on its way. After this time it is nobody's. */
const ORPHAN_MS = 3_600_000;
const PAGE = 500;

/** Removes what is kept long enough or has to go, and files that no row speaks of: what a crash, or a lost answer of the index, left. */
export class Housekeeping {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<unknown> | undefined;
  private sweptTo = new Date(0);

  constructor(private readonly options: HousekeepingOptions) {}

  /** The rows first: a file without a row is found again, a row without a file would be a promise broken. */
  async remove(removal: Removal): Promise<void> {
    const { index, files } = this.options;
    const { tenant } = removal;
    for (const file of await index.remove(removal)) await files.remove({ tenant, file });
  }

  async removePatient(tenant: string, patient: string): Promise<number> {
    const studies = await this.options.index.studiesOfPatient(tenant, patient);
    for (const studyUid of studies) await this.remove({ tenant, studyUid, leavesTrace: false });
    return studies.length;
  }

  async tidy(): Promise<Tidied> {
    const tenants = await this.options.index.tenants();
    let studies = 0;
    for (const tenant of tenants) studies += await this.purge(tenant);
    return { studies, files: await this.sweep(tenants) };
  }

  start(everyMs: number): void {
    const run = (): void => {
      this.running ??= this.tidy()
        .catch((error: unknown) => this.options.onFailure?.(error))
        .finally(() => {
          this.running = undefined;
        });
    };
    this.timer ??= setInterval(run, everyMs).unref();
    run();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    await this.running;
  }

  private async purge(tenant: string): Promise<number> {
    const { index, keepDays = KEEP_DAYS } = this.options;
    if (keepDays === 0) return 0;
    const since = this.before(keepDays * DAY_MS);
    for (let purged = 0; ;) {
      const studies = await index.unchangedStudies(tenant, since, PAGE);
      for (const studyUid of studies) {
        await this.remove({ tenant, studyUid, leavesTrace: true, unchangedSince: since });
      }
      purged += studies.length;
      if (studies.length < PAGE) return purged;
    }
  }

  /**
   * A folder that nothing was made in since the last sweep was looked at then. An index that knows nobody is more likely a new one, or
   * another, than one whose files are all nobody's: by it nothing is removed.
   */
  private async sweep(tenants: readonly string[]): Promise<number> {
    const { files, index } = this.options;
    const before = this.before(ORPHAN_MS);
    const byFolder = new Map(tenants.map((tenant) => [tenantFolder(tenant), tenant]));
    let swept = await files.removeArrivingBefore(before);
    if (tenants.length === 0) return swept;
    for (const folder of await files.tenantFolders()) {
      const tenant = byFolder.get(folder);
      for await (const old of files.filesBefore(folder, before, this.sweptTo)) {
        const orphans = tenant === undefined ? old : await index.filesWithoutRow(tenant, old);
        for (const file of orphans) await files.removeFrom(folder, file);
        swept += orphans.length;
      }
    }
    this.sweptTo = before;
    return swept;
  }

  private before(ms: number): Date {
    return new Date(this.options.now().getTime() - ms);
  }
}
