import { pageAt } from './pages';

describe('the page of an address', () => {
  it.each([
    ['/', 'ask'],
    ['/work', 'work'],
    ['/models', 'models'],
    ['/models/organ-modality', 'models'],
    ['/modelsmith', undefined],
    ['/sign-in', undefined],
    ['/answers/1', undefined],
  ])('%s is %s', (path, name) => {
    expect(pageAt(path)?.name).toBe(name);
  });
});
