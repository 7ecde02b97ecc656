import {
  checkUntouched,
  loadPackage,
  loadSpecOf,
  loadTextRows,
  textSession,
  type KnownPackage,
  type ModelPackage,
  type PackageRef,
  type PoolEndpoints,
  type Session,
  type TextRows,
} from '@medserve/engines';
import { openGenerator, type LoadedWriter } from '../writing/open-generator';
import { compileModel, type CompiledModel } from './compile-model';
import { poolEndpointsOf } from './pool-endpoints';
import { withOutputs } from './with-outputs';
import { withShapes } from './with-shapes';

/** A model whose requests are run. */
export interface LoadedModel {
  readonly modelPackage: ModelPackage;
  readonly compiled: CompiledModel;
  readonly session: Session;
  /** Of a model that reads texts. */
  readonly texts?: TextRows | undefined;
}

export type Loaded = ({ readonly kind: 'runs' } & LoadedModel) | ({ readonly kind: 'writes' } & LoadedWriter);

/**
 * @param onOpened is told of the package as soon as it was read, before the session is made.
 * @param poolsFile says where the servers of pools are.
 * @throws ServingError `model_broken`
 */
export async function loadModel(
  ref: PackageRef,
  known: KnownPackage | undefined,
  onOpened: (modelPackage: ModelPackage) => void,
  poolsFile?: string,
): Promise<Loaded> {
  const modelPackage = await loadPackage(ref, known);
  onOpened(modelPackage);
  const pool = await poolEndpointsOf(modelPackage.manifest, poolsFile);
  const loaded = await open(modelPackage, compileModel(modelPackage), pool);
  try {
    await checkUntouched(modelPackage);
  } catch (error) {
    await (loaded.kind === 'writes' ? loaded.generator : loaded.session).close();
    throw error;
  }
  return loaded;
}

async function open(
  modelPackage: ModelPackage,
  compiled: CompiledModel,
  pool: PoolEndpoints | undefined,
): Promise<Loaded> {
  const { engine, writing } = compiled;
  // A thread that loads a model ends with its host, and no sooner.
  const { signal } = new AbortController();
  if (writing) {
    const generator = await openGenerator(modelPackage, writing, pool, signal);
    return { kind: 'writes', modelPackage, engine, writing, generator };
  }
  const { folder, manifest, serving } = modelPackage;
  const texts = manifest.text && (await loadTextRows(folder, manifest.text));
  const opened = await engine.load({ ...loadSpecOf(modelPackage), pool }, signal);
  const session = withShapes(withOutputs(opened, serving.outputs), serving);
  const reads = manifest.text ? textSession(session, manifest.text) : session;
  return { kind: 'runs', modelPackage, compiled, session: reads, texts };
}

/**
 * Whether the rows of a run can be told apart afterwards: every tensor has a first dimension that is free. Where the rank is
 * open too, the first run of several tells.
 */
export const hasFreeRows = ({ inputs, outputs }: Pick<Session, 'inputs' | 'outputs'>): boolean =>
  [...inputs, ...outputs].every(({ shape }) => shape[0] === undefined || shape[0] < 0);
