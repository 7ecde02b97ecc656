import { constants, copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { broken } from '../broken';
import type { Engine, Session } from '../engine';
import { ENGINES } from '../engines';
import { optimise, type Optimised } from '../onnx/optimise';
import { loadPackage } from '../repository/load-package';
import { loadSpecOf } from '../packages/load-spec-of';
import { saysRows } from '../packages/manifest-serving';
import { MANIFEST } from '../packages/medserve-layout';
import type { ModelPackage } from '../packages/model-package';
import { sha256File } from '../package-files';
import { mayHaveRows } from '../packages/row-axis';
import { chooseName, chooseVersion } from './choose-version';
import { manifestTextOf, type Words } from './manifest-text';
import { profile, rowCap, type RowTime } from './profile';
import { canBeRandom } from './random-feeds';
import { readSource, type Source } from './read-source';

export interface PublishOrder {
  /** An .onnx file, a package, or the folder of a model in Triton's layout. */
  readonly source: string;
  /** A model repository; made where there is none. */
  readonly repository: string;
  readonly name?: string | undefined;
  /** Default: that of the source, or the next free one. */
  readonly version?: string | undefined;
  readonly words: Words;
  readonly withOptimised: boolean;
  readonly withProfile: boolean;
  /** `percent` of all. */
  readonly told?: (phase: string, percent: number) => void;
}

export interface Published {
  readonly modelPackage: ModelPackage;
  /** Milliseconds to make a session of the model file, and of the optimised one. */
  readonly loadMs: number;
  readonly optimisedLoadMs: number | undefined;
  /** Empty where nothing was measured. */
  readonly profile: readonly RowTime[];
  /** Why nothing was measured. */
  readonly unmeasured: string | undefined;
}

const never = new AbortController().signal;

async function copyFiles(source: Source, folder: string): Promise<void> {
  for (const path of source.files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await copyFile(join(source.folder, path), join(folder, path), constants.COPYFILE_FICLONE);
  }
}

async function timedLoad(
  engine: Engine,
  folder: string,
  source: Source,
  optimisedFile?: string,
): Promise<[Session, number]> {
  const threads = source.manifest.threads ?? 1;
  const spec = { folder, modelFile: source.modelFile, optimisedFile, threads };
  // Once for the page cache, once for the clock.
  await (await engine.load(spec, never)).close();
  const began = performance.now();
  const session = await engine.load(spec, never);
  return [session, performance.now() - began];
}

type Measured = Pick<Published, 'loadMs' | 'optimisedLoadMs' | 'profile' | 'unmeasured'>;

async function measure(
  order: PublishOrder,
  source: Source,
  engine: Engine,
  folder: string,
  made?: Optimised,
): Promise<Measured> {
  const told = order.told ?? (() => undefined);
  told('loading', 35);
  const [plain, loadMs] = await timedLoad(engine, folder, source);
  const [quick, optimisedLoadMs] = made
    ? await timedLoad(engine, folder, source, made.modelFile)
    : [undefined, undefined];
  try {
    const session = quick ?? plain;
    const unmeasured = await obstacle(order, source, engine, folder, session);
    const times =
      unmeasured === undefined
        ? await profile(session, source.manifest.threads ?? 1, (percent) => {
            told('measuring batches', 50 + 0.4 * percent);
          })
        : [];
    return { loadMs, optimisedLoadMs, profile: times, unmeasured };
  } finally {
    await plain.close();
    await quick?.close();
  }
}

/** What keeps batches from being measured; `undefined`: nothing. */
async function obstacle(
  { withProfile }: PublishOrder,
  { modelFile, manifest }: Source,
  engine: Engine,
  folder: string,
  session: Session,
): Promise<string | undefined> {
  if (!withProfile) return 'not asked for';
  const { maxRows = 1, joinedRows = maxRows } = manifest.batching ?? {};
  if (manifest.batching && joinedRows < 2) return 'the source says that requests are not put together';
  const signature = await engine.inspect(folder, modelFile);
  if (!mayHaveRows(signature)) return 'the model has no batch axis';
  if (!canBeRandom(session.inputs)) return 'the inputs may have any size, or are texts';
  if (manifest.batching || saysRows(manifest, signature)) return undefined;
  return 'nothing says that the first axis of every input and output is the batch; if it is, say so with batching in model.yaml';
}

/**
 * Publishes a model as a package of our own layout: checked, copied, optimised for this machine, its batches measured. The version
 * appears whole or not at all, and is never overwritten.
 *
 * @throws ServingError `model_broken` when the source cannot be served; `invalid_request` when name or version cannot be used
 */
export async function publish(order: PublishOrder): Promise<Published> {
  const told = order.told ?? (() => undefined);
  told('checking', 0);
  const source = await readSource(order.source);
  const engine = ENGINES.get(source.engine);
  if (!engine) throw broken(`There is no engine "${source.engine}".`);
  const name = chooseName(order.name ?? source.name);
  const version = await chooseVersion(order.repository, name, order.version ?? source.version);
  await mkdir(order.repository, { recursive: true });
  // Hidden, so that nobody serves it half made; on the same disk, so that it appears by being renamed.
  const scratch = await mkdtemp(join(order.repository, '.publish-'));
  try {
    const folder = join(scratch, name, version);
    await mkdir(folder, { recursive: true });
    told('copying', 10);
    await copyFiles(source, folder);
    told('optimising', 20);
    const made = order.withOptimised ? await optimise(folder, source.modelFile) : undefined;
    const measured = await measure(order, source, engine, folder, made);
    told('writing', 90);
    const paths = [source.modelFile, ...source.files, ...(made?.files ?? [])];
    const files = [];
    for (const path of new Set(paths)) files.push({ path, sha256: await sha256File(folder, path) });
    const facts = { name, version, files, made, profile: measured.profile, cap: rowCap(measured.profile) };
    await writeFile(join(folder, MANIFEST), manifestTextOf(source, order.words, facts));
    await loadPackage({ layout: 'medserve', folder });
    await mkdir(join(order.repository, name), { recursive: true });
    const target = join(order.repository, name, version);
    await rename(folder, target);
    const modelPackage = await loadPackage({ layout: 'medserve', folder: target });
    await (await engine.load(loadSpecOf(modelPackage), never)).close();
    told('done', 100);
    return { modelPackage, ...measured };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
