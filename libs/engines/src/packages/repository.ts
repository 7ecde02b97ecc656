import type { ModelPackage } from './model-package';

export interface BrokenPackage {
  readonly name: string;
  /** Empty where the model has no version that could be read. */
  readonly version: string;
  /** In words, without paths of this machine. */
  readonly reason: string;
}

export interface Repository {
  readonly packages: readonly ModelPackage[];
  readonly broken: readonly BrokenPackage[];
}

/** A folder name that can be a model's: no way out of the repository, no colon, which parts name and version. */
export const isModelName = (name: string): boolean => /^[^./\\:\p{C}\s][^/\\:\p{C}]{0,127}$/u.test(name);
