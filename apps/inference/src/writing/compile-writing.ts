import type { Engine, Eyes, GenerationRules } from '@medserve/engines';
import { ServingError } from '@medserve/errors';
import { eyesOf } from './eyes-of';
import { typedTasksOf, type TypedTask } from './typed-tasks';

/** What `model.yaml` names of a model that writes, put together. */
export interface CompiledWriting {
  readonly rules: GenerationRules;
  readonly eyes: Eyes;
  /** By their ids: those that the package has prompts for. */
  readonly tasks: ReadonlyMap<string, TypedTask>;
  readonly openGenerator: NonNullable<Engine['openGenerator']>;
}

/** @throws ServingError `model_broken` when it names what is not there, or with parameters that do not fit */
export function compileWriting(engine: Engine, rules: GenerationRules): CompiledWriting {
  const { openGenerator } = engine;
  if (!openGenerator) throw new ServingError('model_broken', `The engine "${engine.id}" runs no models that write.`);
  return { rules, eyes: eyesOf(rules), tasks: typedTasksOf(rules), openGenerator: openGenerator.bind(engine) };
}
