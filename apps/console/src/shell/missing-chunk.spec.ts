import { isMissingChunk } from './missing-chunk';

describe('a part of the page that could not be fetched', () => {
  it.each([
    'Failed to fetch dynamically imported module: https://host/assets/work-page.js',
    'error loading dynamically imported module: https://host/assets/work-page.js',
    'Importing a module script failed.',
    'Unable to preload CSS for /assets/work-page.css',
  ])('is known by what browsers say of it: %s', (message) => {
    expect(isMissingChunk(new TypeError(message))).toBe(true);
  });

  it('is not any other mistake', () => {
    expect(isMissingChunk(new TypeError('x is not a function'))).toBe(false);
    expect(isMissingChunk('Importing a module script failed.')).toBe(false);
  });
});
