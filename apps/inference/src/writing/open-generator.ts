import type { Engine, Generator, ModelPackage, PoolEndpoints } from '@medserve/engines';
import type { CompiledWriting } from './compile-writing';

/** A model that writes, loaded. */
export interface LoadedWriter {
  readonly modelPackage: ModelPackage;
  readonly engine: Engine;
  readonly writing: CompiledWriting;
  readonly generator: Generator;
}

/** @throws ServingError `model_broken` when the files are no model that the engine runs; `cancelled` by the signal */
export function openGenerator(
  { folder, digest, manifest }: ModelPackage,
  { rules, eyes, openGenerator: open }: CompiledWriting,
  pool: PoolEndpoints | undefined,
  signal: AbortSignal,
): Promise<Generator> {
  return open({ folder, digest, generation: rules, pool, threads: manifest.threads, eyes }, signal);
}
