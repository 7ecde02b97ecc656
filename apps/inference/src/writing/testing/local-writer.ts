import { join } from 'node:path';
import type { Generator, ModelPackage } from '@medserve/engines';
import { ENGINES, type Engine, type GenerationRules } from '@medserve/engines';
import { compileWriting } from '../compile-writing';
import type { LoadedWriter } from '../open-generator';

const SERVES = [
  { task: 'chat', modality: 'radiology', default: true },
  { task: 'answer', modality: 'radiology', default: false },
];

/** A package of a model that writes, as far as its requests depend on it. */
export function loadedWriter(generator: Generator, change: Partial<GenerationRules> = {}): LoadedWriter {
  const rules: GenerationRules = {
    endTokens: [],
    contextTokens: 64,
    maxAnswerTokens: 16,
    slots: generator.slots,
    prefillTokens: 64,
    adapters: [],
    prompts: {},
    ...change,
  };
  const engine: Engine = {
    ...(ENGINES.get('onnx') as Engine),
    title: 'fake 1',
    openGenerator: () => Promise.resolve(generator),
  };
  const manifest = { name: 'writer', version: '1', serves: SERVES, limits: { maxPixels: 16 }, generation: rules };
  const modelPackage = { folder: join('/', 'none'), digest: 'sha256:0', manifest } as unknown as ModelPackage;
  return { modelPackage, engine, writing: compileWriting(engine, rules), generator };
}
