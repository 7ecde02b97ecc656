import { readCatalog, type Recipe } from '@medserve/engines';
import { catalogFolder } from '../package';
import type { Answered, Doors } from './promised';
import { proveRecipe } from './prove-recipe';

const ok = (body: unknown): Answered => ({ status: 200, body });

/** A platform that keeps every promise, except where `rest` says otherwise. */
const doors = (imageTokens: number, maxImages: number, rest: Partial<Doors> = {}): Doors => ({
  picture: Uint8Array.of(1),
  volume: Uint8Array.of(2),
  json: (_, body) => {
    const [{ content }] = (body as { messages: [{ content: readonly { readonly type: string }[] }] }).messages;
    const images = content.filter(({ type }) => type === 'image_url').length;
    if (images > maxImages) return Promise.resolve({ status: 413, body: {} });
    const usage = { prompt_tokens: images * imageTokens + 5 };
    return Promise.resolve(ok({ choices: [{ message: { content: 'x' } }], usage }));
  },
  infer: (_, request) => Promise.resolve(ok({ status: 'completed', task: (request as { task: string }).task })),
  ...rest,
});

describe('proveRecipe', () => {
  let recipe: Recipe;
  let imageTokens: number;
  let maxImages: number;
  beforeAll(async () => {
    recipe = (await readCatalog(catalogFolder())).find(({ system }) => system === 'radialog')!;
    ({ imageTokens, maxImages } = recipe.budget!);
  });
  const brokenBy = async (rest: Partial<Doors>) =>
    (await proveRecipe(recipe, doors(imageTokens, maxImages, rest))).filter(({ broken }) => broken !== undefined);

  it('asks for every task and adapter of the recipe, and finds nothing wrong with who keeps them', async () => {
    const proofs = await proveRecipe(recipe, doors(imageTokens, maxImages));
    expect(proofs.map(({ promise }) => promise)).toEqual([
      'chat about an image of 32 tokens',
      '2 images are refused',
      'chat by the adapter radialog',
      'answer, radiology',
      'report, radiology',
    ]);
    expect(proofs.every(({ broken }) => broken === undefined)).toBe(true);
  });

  it('sees that images were left out of the prompt', async () => {
    const forgetful = doors(1, maxImages).json;
    expect((await brokenBy({ json: forgetful })).map(({ promise }) => promise)).toEqual([
      'chat about an image of 32 tokens',
      'chat by the adapter radialog',
    ]);
  });

  it('sees that too many images were taken', async () => {
    const { json } = doors(imageTokens, 100);
    expect((await brokenBy({ json })).map(({ promise }) => promise)).toEqual(['2 images are refused']);
  });

  it('sees a task that is refused, that another was done, and a platform that is not there', async () => {
    const infer = () => Promise.resolve({ status: 422, body: { detail: 'No model does this.' } });
    expect(await brokenBy({ infer })).toMatchObject([
      { promise: 'answer, radiology', broken: expect.stringContaining('No model does this') as string },
      { promise: 'report, radiology' },
    ]);
    const other = () => Promise.resolve(ok({ status: 'completed', task: 'chat' }));
    expect(await brokenBy({ infer: other })).toHaveLength(2);
    expect(await brokenBy({ infer: () => Promise.reject(new Error('gone')) })).toMatchObject([{ broken: 'gone' }, {}]);
  });
});
