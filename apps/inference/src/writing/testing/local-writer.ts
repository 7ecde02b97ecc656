import { join } from 'node:path';
import type { Generator, ModelPackage } from '@medserve/engines';
import { ENGINES, type Engine, type GenerationRules } from '@medserve/engines';
import type { Writer, WriterEvents } from '../../host/writer';
import { compileWriting } from '../compile-writing';
import { GenerationJobs } from '../generation-jobs';
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

/** A writer without a thread: what is told arrives at once. */
export class LocalWriter implements Writer {
  private jobs: GenerationJobs | undefined;

  constructor(private readonly model: LoadedWriter) {}

  listen(events: WriterEvents): void {
    this.jobs = new GenerationJobs(this.model, {
      ...events,
      onEnd: (job, frame, tally) => {
        events.onEnd({ job, frame: frame?.parts, tally });
      },
    });
  }

  start(order: Parameters<Writer['start']>[0]): void {
    this.jobs?.start(order);
  }

  cancel(job: number): void {
    this.jobs?.cancel(job);
  }
}
