import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openaiEngine, type Generator, type PoolEndpoints } from '@medserve/engines';

const never = new AbortController().signal;

const GENERATION = {
  contextTokens: 512,
  maxAnswerTokens: 16,
  slots: 4,
  prefillTokens: 256,
  endTokens: [],
  adapters: [],
  prompts: {},
};

/** A generator of the engine `openai` that asks these servers for the model `tiny`, as far as `rest` says nothing else. */
export const openOn = (replicas: readonly string[], rest: Partial<PoolEndpoints> = {}): Promise<Generator> =>
  openaiEngine.openGenerator!(
    {
      folder: '',
      digest: 'sha256:0',
      generation: GENERATION,
      threads: 1,
      eyes: { tensorOf: undefined, pngOf: () => Promise.resolve([]) },
      pool: { replicas, model: 'tiny', adapters: new Map(), key: 'the-key', ...rest },
    },
    never,
  );

/** A package without weights; gives back its folder. */
export async function poolPackage(repository: string, name: string, rest: object): Promise<string> {
  const folder = join(repository, name, '1');
  await mkdir(folder, { recursive: true });
  const manifest = {
    format: 'medserve.model/1',
    name,
    version: '1',
    title: `Test model ${name}`,
    intendedUse: 'Tests.',
    notFor: 'Patients.',
    licence: 'Apache-2.0',
    files: [],
    ...rest,
  };
  await writeFile(join(folder, 'model.yaml'), JSON.stringify(manifest));
  return folder;
}
