import type { Manifest } from '@medserve/engines';
import { languageOf } from './language-of';

const manifest = (more: object): Manifest => more as Manifest;
const generation = { contextTokens: 512, maxAnswerTokens: 32, adapters: [], slots: 4 };

describe('languageOf', () => {
  it('says nothing of a model that neither writes nor reads texts', () => {
    expect(languageOf(manifest({}))).toBeUndefined();
  });

  it('says of a model that reads texts how long they may be', () => {
    expect(languageOf(manifest({ text: { maxTokens: 256 } }))).toEqual({
      generates: false,
      contextTokens: 256,
      maxAnswerTokens: 0,
      maxImages: 0,
      adapters: [],
      slots: 1,
    });
  });

  it('names the adapters of the package, and those that the servers of its pool have', () => {
    const own = { ...generation, image: { maxImages: 2 }, adapters: [{ name: 'terse' }] };
    expect(languageOf(manifest({ generation: own }))).toMatchObject({ maxImages: 2, adapters: ['terse'], slots: 4 });
    const pool = { adapters: [{ name: 'chest', model: 'lora-chest' }] };
    expect(languageOf(manifest({ generation, pool }))).toMatchObject({ maxImages: 0, adapters: ['chest'] });
  });
});
