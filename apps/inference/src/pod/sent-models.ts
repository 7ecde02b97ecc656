import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { scanModel } from '@medserve/engines';
import { ServingError } from '@medserve/errors';
import { brokenPackage, foundPackage, type FoundPackage } from './found-package';
import { checkSentFiles, type SentFiles } from './sent-files';

/** Models of load requests lie on the disk of the pod, so there is an end to how many. */
const MAX_MODELS = 16;

export interface SentModel {
  readonly found: readonly FoundPackage[];
  /** Removes its files. A host that has them open keeps them until it ends. */
  remove(): Promise<void>;
}

/** Models that no repository has: their files came with a load request and lie in a scratch folder until they are unloaded. */
export class SentModels {
  /** One of each model that lies there, is being written or being removed. */
  private readonly places = new Set<symbol>();

  /** @param scratch folder of this pod alone. */
  constructor(private readonly scratch: string) {}

  /**
   * Writes and reads one model.
   *
   * @throws ServingError `invalid_request` for files and a configuration that are none; `too_large` when there are too many models.
   */
  async read(name: string, files: SentFiles, configJson: string): Promise<SentModel> {
    checkSentFiles(name, files, configJson);
    if (this.places.size >= MAX_MODELS) {
      const limit = `models sent along: ${String(MAX_MODELS)}`;
      throw new ServingError('too_large', 'The pod holds as many models that were sent along as it may.', { limit });
    }
    // Before anything is waited for: others come meanwhile.
    const place = Symbol('model');
    this.places.add(place);
    let repository: string | undefined;
    const remove = async (): Promise<void> => {
      if (repository !== undefined) await rm(repository, { recursive: true, force: true });
      this.places.delete(place);
    };
    try {
      repository = await mkdtemp(join(this.scratch, 'sent-'));
      for (const [path, bytes] of Object.entries(files)) {
        const file = join(repository, name, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, bytes, { flag: 'wx' });
      }
      const { packages, broken } = await scanModel(repository, name, configJson);
      const found = [
        ...packages.map((modelPackage) => foundPackage(modelPackage, true)),
        ...broken.map((entry) => brokenPackage(entry, true)),
      ];
      return { found, remove };
    } catch (error) {
      await remove();
      throw error;
    }
  }
}
