import { imagesOf } from '../ask/testing';
import { Shelf, shelfKey } from './shelf';

const key = (...hashes: readonly string[]): string => shelfKey(hashes.map((sha256) => ({ sha256 })));

describe('the shelf', () => {
  it('finds a set by what is in its files, in whatever order they are named', () => {
    expect(key('b', 'a')).toBe(key('a', 'b'));
    const shelf = new Shelf();
    const images = imagesOf('aa');
    shelf.keep(images, 'ana');
    expect(shelf.find(key('aa'), 'ana')).toBe(images);
  });

  it('shows nobody what another person dropped', () => {
    const shelf = new Shelf();
    shelf.keep(imagesOf('aa'), 'ana');
    expect(shelf.find(key('aa'), 'ben')).toBeUndefined();
    shelf.keep(imagesOf('bb'), 'ben');
    shelf.keep(imagesOf('cc'), 'ana');
    expect(shelf.find(key('aa'), 'ana')).toBeUndefined();
  });

  it('lets go of what was not looked at for longest when it is full, and never of the newest', () => {
    const shelf = new Shelf(25);
    shelf.keep(imagesOf('aa', 10), 'ana');
    shelf.keep(imagesOf('bb', 10), 'ana');
    shelf.touch(key('aa'));
    shelf.keep(imagesOf('cc', 10), 'ana');
    expect(['aa', 'bb', 'cc'].map((hash) => shelf.find(key(hash), 'ana') !== undefined)).toEqual([true, false, true]);
    shelf.keep(imagesOf('dd', 100), 'ana');
    expect(['aa', 'cc', 'dd'].map((hash) => shelf.find(key(hash), 'ana') !== undefined)).toEqual([false, false, true]);
  });

  it('tells when something came, until nobody listens', () => {
    const shelf = new Shelf();
    const heard = jest.fn();
    const leave = shelf.subscribe(heard);
    shelf.keep(imagesOf('aa'), 'ana');
    leave();
    shelf.keep(imagesOf('bb'), 'ana');
    expect(heard).toHaveBeenCalledTimes(1);
  });
});
