import {
  checkUntouched,
  loadPackage,
  loadSpecOf,
  type KnownPackage,
  type ModelPackage,
  type PackageRef,
  type Session,
} from '@medserve/engines';
import { compileModel, type CompiledModel } from './compile-model';

export interface LoadedModel {
  readonly modelPackage: ModelPackage;
  readonly compiled: CompiledModel;
  readonly session: Session;
}

/**
 * @param onOpened is told of the package as soon as it was read, before the session is made.
 * @throws ServingError `model_broken`
 */
export async function loadModel(
  ref: PackageRef,
  known: KnownPackage | undefined,
  onOpened: (modelPackage: ModelPackage) => void,
): Promise<LoadedModel> {
  const modelPackage = await loadPackage(ref, known);
  onOpened(modelPackage);
  const compiled = compileModel(modelPackage);
  const session = await compiled.engine.load(loadSpecOf(modelPackage), new AbortController().signal);
  try {
    await checkUntouched(modelPackage);
  } catch (error) {
    await session.close();
    throw error;
  }
  return { modelPackage, compiled, session };
}

/**
 * Whether the rows of a run can be told apart afterwards: every tensor has a first dimension that is free. Where the rank is
 * open too, the first run of several tells.
 */
export const hasFreeRows = ({ inputs, outputs }: Pick<Session, 'inputs' | 'outputs'>): boolean =>
  [...inputs, ...outputs].every(({ shape }) => shape[0] === undefined || shape[0] < 0);
