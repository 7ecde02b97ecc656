import type { LoadSpec } from '../engine';
import type { ModelPackage } from './model-package';

/** What the package's engine loads. */
export const loadSpecOf = ({ folder, modelFile, optimisedFile, manifest }: ModelPackage): LoadSpec => ({
  folder,
  modelFile,
  optimisedFile,
  threads: manifest.threads,
});
