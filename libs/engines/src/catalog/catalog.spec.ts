import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { readFile } from 'node:fs/promises';
import { loadPackage } from '../repository/load-package';
import { writeStandIn } from '../standin';
import { gpuMemoryOf } from './gpu-memory';
import { readCatalog } from './read-catalog';
import type { Recipe } from './recipe';

const CATALOG = join(__dirname, '..', '..', '..', '..', 'catalog');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'medserve-catalog-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A recipe of the catalogue, changed, alone in a folder. */
async function changed(
  system: string,
  change: (recipe: Record<string, unknown>) => void,
  file = system,
): Promise<string> {
  const recipe = parse(await readFile(join(CATALOG, `${system}.yaml`), 'utf8')) as Record<string, unknown>;
  change(recipe);
  await writeFile(join(folder, `${file}.yaml`), stringify(recipe));
  return folder;
}

describe('the catalogue', () => {
  it('holds a recipe a file, each with its sources, its contract and a stand-in', async () => {
    const recipes = await readCatalog(CATALOG);
    expect(recipes.length).toBe((await readdir(CATALOG)).length);
    for (const { sources, contract } of recipes) {
      expect(sources.some(({ kind }) => kind === 'paper')).toBe(true);
      expect(contract.length).toBeGreaterThan(0);
    }
  });

  it('asks every system that writes for each of its tasks but chat by a prompt', async () => {
    for (const { system, contract, standIn } of await readCatalog(CATALOG)) {
      const unasked = contract.filter(({ task, prompt }) => task !== 'chat' && prompt === undefined);
      expect([system, standIn.kind === 'decoder' ? unasked : []]).toEqual([system, []]);
    }
  });

  it('tells everything that is wrong with all recipes at once', async () => {
    await changed('llava-med', (recipe) => (recipe['standIn'] = { kind: 'decoder', queriesPerKey: 3 }));
    await changed('maira-2', (recipe) => (recipe['surprise'] = true));
    await changed('k2sight', () => undefined, 'another');
    await writeFile(join(folder, 'bad.yaml'), 'system: {');
    await expect(readCatalog(folder)).rejects.toThrow(
      /another\.yaml: says that it is the system "k2sight"[^]*bad\.yaml: is no YAML[^]*llava-med\.yaml: standIn\.queriesPerKey[^]*maira-2\.yaml/,
    );
  });

  it('wants a budget of what writes, and of nothing else', async () => {
    await changed('llava-med', (recipe) => delete recipe['budget']);
    await expect(readCatalog(folder)).rejects.toThrow(/budget/);
  });
});

describe('gpuMemoryOf', () => {
  const recipe = (kvKiBPerToken?: number): Pick<Recipe, 'memory' | 'budget'> => ({
    memory: { parametersBillions: 2 ** 30 / 1e9, bytesPerParameter: 2, kvKiBPerToken },
    budget: { contextTokens: 1_024, maxAnswerTokens: 1, imageTokens: 1, maxImages: 1, slots: 4 },
  });

  it('adds the weights and the keys and values of one context, or of all', () => {
    const { weights, cache, least, most } = gpuMemoryOf(recipe(1_024));
    expect([weights, cache]).toEqual([2, 1]);
    expect(least * 0.9).toBeCloseTo(3);
    expect(most * 0.9).toBeCloseTo(6);
  });

  it('counts what is known alone', () => {
    expect(gpuMemoryOf(recipe())).toMatchObject({ weights: 2, cache: undefined });
  });
});

describe('the stand-ins of the catalogue', () => {
  it('are packages that are served, with the budget, the adapters and the prompts of their recipes', async () => {
    for (const recipe of await readCatalog(CATALOG)) {
      for (const name of await writeStandIn(folder, recipe)) {
        const { manifest } = await loadPackage({ layout: 'medserve', folder: join(folder, name, '1') });
        const { budget } = recipe;
        if (!budget) continue;
        expect(manifest.generation?.image).toMatchObject({ tokens: budget.imageTokens, maxImages: budget.maxImages });
        expect(manifest.generation?.adapters.map((adapter) => adapter.name)).toEqual(recipe.adapters);
        expect(Object.keys(manifest.generation?.prompts ?? {})).toEqual(
          recipe.contract.map(({ task }) => task).filter((task) => task !== 'chat'),
        );
      }
    }
  });
});
