import {
  checkVersion,
  judgeModel,
  modelNames,
  scanModel,
  sealFolder,
  signedRoots,
  untrusted,
  modeOf,
  type ModelPackage,
  type SignedRoot,
  type Trust,
} from '@medserve/engines';
import { toServingError } from '@medserve/errors';
import type { Logger } from '@medserve/runtime';
import type { AdmissionEvent } from '../../settings';
import { brokenPackage, foundPackage, keyOf, type FoundPackage } from '../found-package';
import type { Copy, LocalCopies } from './local-copies';
import type { ServedEntry, ServedList } from './served-list';
import type { TrustSource } from './trust-source';

export interface AdmissionContext {
  readonly trust: TrustSource;
  readonly copies: LocalCopies;
  readonly served: ServedList;
  readonly logger: Logger;
  readonly onEvent: (event: AdmissionEvent) => void;
}

/** What reading one model gave. */
interface Reading {
  readonly found: readonly FoundPackage[];
  readonly entries: readonly ServedEntry[];
}

/**
 * Judges what repositories have, copies what is found good, and serves the copies. When a repository is gone, or has a model in a form
 * that is refused, the copies that were served last take its place, judged anew.
 */
export class Admission {
  /** By model: how many versions are served from copies in place of a repository. */
  private readonly restored = new Map<string, number>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly context: AdmissionContext) {}

  /** @throws ServingError `model_untrusted` where a model has to be signed: what comes with a load request is not */
  async checkUnsigned(name: string): Promise<void> {
    if (modeOf(await this.context.trust.current(), name) !== 'open') {
      throw untrusted('Models have to be signed here: files and configurations of a load request are not taken.');
    }
  }

  /** Every model of these repositories, and of those that are gone what was served last. */
  async readAll(repositories: readonly string[]): Promise<readonly FoundPackage[]> {
    const names = new Set(this.context.served.names());
    for (const repository of repositories) {
      for (const name of await this.namesIn(repository)) names.add(name);
    }
    const found: FoundPackage[] = [];
    for (const name of [...names].sort()) found.push(...(await this.readModel(repositories, name)));
    return found;
  }

  /** One model of these repositories; none when it is in none of them, and was not served from one that is gone. */
  readModel(repositories: readonly string[], name: string): Promise<readonly FoundPackage[]> {
    // One at a time: copies make room for each other, and the list of what is served is one file.
    const reading = this.last.then(() => this.readNow(repositories, name));
    this.last = reading.catch(() => undefined);
    return reading;
  }

  private async readNow(repositories: readonly string[], name: string): Promise<readonly FoundPackage[]> {
    const found = new Map<string, FoundPackage>();
    const entries: ServedEntry[] = [];
    for (const repository of repositories) {
      const reading = await this.read(repository, name);
      for (const item of reading.found) this.add(found, item);
      entries.push(...reading.entries);
    }
    await this.restore(repositories, name, found, entries);
    await this.context.served.put([name], entries);
    this.tellRestored(name, found);
    return [...found.values()];
  }

  private async read(repository: string, name: string): Promise<Reading> {
    const roots = await signedRoots(repository, name).catch(() => []);
    const readings = [];
    for (const root of roots) readings.push(await this.readRoot(repository, root));
    return { found: readings.flatMap(({ found }) => found), entries: readings.flatMap(({ entries }) => entries) };
  }

  private async readRoot(repository: string, root: SignedRoot): Promise<Reading> {
    const { copies, served } = this.context;
    const { name } = root.claim;
    try {
      const { sealed, trust } = await this.judge(root);
      const { folder, place } = root;
      const copy = await copies.keep({ folder, place, sealed, files: trust.files }, served.seals());
      const found = await this.packagesOf(copy, name, trust, false);
      const isGood = found.some(({ modelPackage }) => modelPackage);
      return { found, entries: isGood ? [{ name, repository, place, seal: copy.seal }] : [] };
    } catch (thrown) {
      const error = toServingError(thrown);
      const isUntrusted = error.reason === 'model_untrusted';
      const broken = { name, version: root.version ?? '', reason: error.message };
      return { found: [this.refuse(brokenPackage(broken, false, isUntrusted))], entries: [] };
    }
  }

  private async judge(root: Pick<SignedRoot, 'folder' | 'claim'>) {
    const policy = await this.context.trust.current();
    const sealed = await sealFolder(root.folder);
    return { sealed, trust: judgeModel(sealed, root.claim, policy, new Date()) };
  }

  private async packagesOf(copy: Copy, name: string, trust: Trust, isFallback: boolean): Promise<FoundPackage[]> {
    const policy = await this.context.trust.current();
    const { packages, broken } = await scanModel(copy.repository, name);
    const words = {
      signer: trust.uploader?.identity.name ?? '',
      approver: trust.approver?.identity.name ?? '',
      fromLocalCopy: isFallback,
    };
    const judged = packages.map((modelPackage: ModelPackage) => {
      const { version } = modelPackage.manifest;
      try {
        checkVersion(name, version, policy);
        return foundPackage(modelPackage, false, words);
      } catch (error) {
        return this.refuse(brokenPackage({ name, version, reason: toServingError(error).message }, false, true));
      }
    });
    return [...judged, ...broken.map((entry) => this.refuse(brokenPackage(entry)))];
  }

  /** Adds what was served last where a repository is gone, or has something that is refused. */
  private async restore(
    repositories: readonly string[],
    name: string,
    found: Map<string, FoundPackage>,
    entries: ServedEntry[],
  ): Promise<void> {
    const refusal = [...found.values()].find(({ entry }) => entry.state === 'broken');
    for (const entry of this.context.served.of(name)) {
      const isThere = entries.some(({ place }) => place === entry.place);
      const isGone = repositories.includes(entry.repository) && !(await this.has(entry.repository));
      if (isThere || !(refusal || isGone)) continue;
      const items = await this.fromCopy(entry);
      if (items.length > 0) entries.push(entry);
      for (const item of items) {
        // What could not be read at all has no version; what is served in its place says why.
        found.delete(keyOf({ name, version: '' }));
        const inItsPlace = found.get(keyOf(item.entry));
        if (inItsPlace?.modelPackage) continue;
        found.set(keyOf(item.entry), { ...item, refusal: (inItsPlace ?? refusal)?.entry });
      }
    }
  }

  /** What a copy serves; nothing when it is not whole, or is not trusted any more. */
  private async fromCopy({ name, place, seal }: ServedEntry): Promise<readonly FoundPackage[]> {
    const copy = await this.context.copies.find(seal, place);
    if (!copy) return [];
    try {
      const [root] = await signedRoots(copy.repository, name);
      if (!root) return [];
      const { trust } = await this.judge(root);
      return (await this.packagesOf(copy, name, trust, true)).filter(({ modelPackage }) => modelPackage);
    } catch (error) {
      const { reason } = toServingError(error);
      this.context.logger.warn('a local copy of a model is not used', { model: name, reason });
      return [];
    }
  }

  /** A folder without a model is what a disk looks like that is not mounted. */
  private async has(repository: string): Promise<boolean> {
    return (await this.namesIn(repository)).length > 0;
  }

  private async namesIn(repository: string): Promise<readonly string[]> {
    return modelNames(repository).catch((error: unknown) => {
      this.context.logger.warn('a model repository cannot be read', { path: repository, error });
      return [];
    });
  }

  /** The first that is good wins: what is refused must not keep out what another repository has. */
  private add(found: Map<string, FoundPackage>, item: FoundPackage): void {
    const { name, version } = item.entry;
    const other = found.get(keyOf(item.entry));
    if (!other?.modelPackage) found.set(keyOf(item.entry), item.modelPackage || !other ? item : other);
    else {
      const fields = { model: name, modelVersion: version };
      this.context.logger.warn('a model package is hidden by one of an earlier repository', fields);
    }
  }

  private refuse(item: FoundPackage): FoundPackage {
    const { name, version, untrusted: isUntrusted } = item.entry;
    const why = isUntrusted ? 'model_untrusted' : 'model_broken';
    const fields = { model: name, ...(version === '' ? {} : { modelVersion: version }), reason: why };
    this.context.logger.warn('a model package is refused', fields);
    this.context.onEvent({ kind: 'refused', why });
    return item;
  }

  private tellRestored(name: string, found: ReadonlyMap<string, FoundPackage>): void {
    const { logger, onEvent } = this.context;
    const count = [...found.values()].filter(({ entry }) => entry.fromLocalCopy).length;
    const before = this.restored.get(name) ?? 0;
    if (count > 0) this.restored.set(name, count);
    else this.restored.delete(name);
    if (count > 0 && before === 0) logger.warn('a model is served from its local copy', { model: name, count });
    if (count === 0 && before > 0) logger.info('a model is served from its repository again', { model: name });
    const versions = [...this.restored.values()].reduce((sum, one) => sum + one, 0);
    onEvent({ kind: 'fallback', versions });
  }
}
