import { acceptedCoding, type Coding } from './coding';

const BOTH: readonly Coding[] = ['br', 'gzip'];

describe('the coding of an answer', () => {
  it.each<[string, string | undefined, Coding | undefined]>([
    ['is the smaller of those that a browser takes', 'gzip, deflate, br, zstd', 'br'],
    ['is the only one that is taken', 'gzip', 'gzip'],
    ['is the one that is liked better', 'br;q=0.2, gzip;q=0.8', 'gzip'],
    ['is any, where any will do', '*', 'br'],
    ['is none where none is asked for', undefined, undefined],
    ['is none of an empty list', '', undefined],
    ['is none that is refused', 'br;q=0, gzip;q=0.000', undefined],
    ['is not what a star refuses', '*;q=0, gzip', 'gzip'],
    ['is none where plain bytes are liked better', 'identity, br;q=0.5', undefined],
    ['takes no notice of case and space', ' GZIP ; Q=1.0', 'gzip'],
  ])('%s', (_, header, coding) => {
    expect(acceptedCoding(header, BOTH)).toBe(coding);
  });

  it('is never one that there is not', () => {
    expect(acceptedCoding('br', ['gzip'])).toBeUndefined();
    expect(acceptedCoding('br, gzip', [])).toBeUndefined();
  });
});
