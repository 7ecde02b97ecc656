import { firstLoad } from './console-budget.mjs';

describe('the first load of the console', () => {
  it('is the page, the entry, and all that it imports, with their styles, each once', () => {
    const manifest = {
      'index.html': { file: 'a/index.js', isEntry: true, imports: ['_one', '_two'], css: ['a/index.css'] },
      _one: { file: 'a/one.js', imports: ['_two'], css: ['a/one.css'] },
      _two: { file: 'a/two.js', imports: ['_one'] },
      'viewer.tsx': { file: 'a/viewer.js', imports: ['_one'], css: ['a/viewer.css'] },
    };
    expect(firstLoad(manifest).sort()).toEqual([
      'a/index.css',
      'a/index.js',
      'a/one.css',
      'a/one.js',
      'a/two.js',
      'index.html',
    ]);
  });
});
