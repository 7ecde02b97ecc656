import { nameOfPage, pageAt } from './pages';

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

describe('the name of the page at an address', () => {
  it.each([
    ['/', 'ask'],
    ['/work', 'work'],
    ['/work/', 'work'],
    ['/models', 'models'],
    ['/models/organ-modality', 'model'],
    ['/answers/1', 'answer'],
    ['/sign-in', 'signIn'],
    ['/answers', 'notFound'],
    ['/answers/1/2', 'notFound'],
    ['/modelsmith', 'notFound'],
  ])('%s is %s', (path, name) => {
    expect(nameOfPage(path)).toBe(name);
  });
});
