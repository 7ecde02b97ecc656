import { scanModel, scanRepository, type Repository } from '@medserve/engines';
import { ServingError } from '@medserve/errors';
import type { Logger } from '@medserve/runtime';
import type { Admission } from './admission/admission';
import { brokenPackage, foundPackage, keyOf, type FoundPackage } from './found-package';

/** The folders that the operator named; the first that has a name and version wins. */
export class Repositories {
  constructor(
    private readonly folders: readonly string[],
    private readonly logger: Logger,
    /** Absent: what lies in the folders is served from there, as it is. */
    private readonly admission?: Admission,
  ) {}

  /** The served versions of every model, the broken ones with their reason; a repository that cannot be read is left out. */
  readAll(): Promise<readonly FoundPackage[]> {
    return this.admission?.readAll(this.folders) ?? this.read(scanRepository);
  }

  /**
   * The served versions of one model, read anew; none when no repository has the model.
   *
   * @param configJson replaces the model's own configuration.
   * @throws ServingError `invalid_request` when that is no configuration of this model; `model_untrusted` where the
   *   configuration has to be signed with the model.
   */
  async readModel(name: string, configJson?: string): Promise<readonly FoundPackage[]> {
    if (configJson !== undefined) await this.admission?.checkUnsigned(name);
    else if (this.admission) return this.admission.readModel(this.folders, name);
    return this.read((folder) => scanModel(folder, name, configJson));
  }

  /** @throws ServingError `model_untrusted` where a model's files have to be signed, and so cannot come with a request */
  async checkSendable(name: string): Promise<void> {
    await this.admission?.checkUnsigned(name);
  }

  private async read(scan: (folder: string) => Promise<Repository>): Promise<readonly FoundPackage[]> {
    const found = new Map<string, FoundPackage>();
    for (const folder of this.folders) {
      const { packages, broken } = await scan(folder).catch((error: unknown) => this.leaveOut(folder, error));
      for (const modelPackage of packages) this.add(found, foundPackage(modelPackage));
      for (const entry of broken) this.add(found, brokenPackage(entry));
    }
    return [...found.values()];
  }

  private leaveOut(folder: string, error: unknown): Repository {
    const isServingError = error instanceof ServingError;
    if (isServingError && error.reason !== 'model_not_found') throw error;
    if (!isServingError) this.logger.warn('a model repository cannot be read', { path: folder, error });
    return { packages: [], broken: [] };
  }

  private add(found: Map<string, FoundPackage>, item: FoundPackage): void {
    const { name, version, state, reason } = item.entry;
    const key = keyOf(item.entry);
    const fields = { model: name, modelVersion: version };
    if (found.has(key)) this.logger.warn('a model package is hidden by one of an earlier repository', fields);
    else found.set(key, item);
    if (state === 'broken') this.logger.warn('a model package is broken', { ...fields, reason });
  }
}
