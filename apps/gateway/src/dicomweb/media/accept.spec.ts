import { chooseType, parseAccept } from './accept';

const [star, any] = ['*', '*/*'];

describe('the header Accept', () => {
  it('takes types of parts with and without quotes, and transfer syntaxes', () => {
    const header =
      'multipart/related; type="application/dicom"; transfer-syntax=*, multipart/related;type=image/jls;transfer-syntax="1.2.3"';
    expect(parseAccept(header)).toMatchObject([
      { isMultipart: true, type: 'application/dicom', transferSyntax: star, isAny: false },
      { isMultipart: true, type: 'image/jls', transferSyntax: '1.2.3', isAny: false },
    ]);
  });

  it('puts the dearest first and leaves out what is not wanted at all', () => {
    expect(parseAccept('image/png;q=0.5, image/gif;q=0, image/jpeg').map(({ type }) => type)).toEqual([
      'image/jpeg',
      'image/png',
    ]);
  });

  it.each([undefined, '', '*/*'])('takes everything where it says %j', (header) => {
    expect(parseAccept(header)).toMatchObject([
      { isMultipart: false, type: any, transferSyntax: undefined, isAny: true },
    ]);
  });

  it.each(['nonsense', 'a/b/c', '/', `image/${'x'.repeat(5_000)}`])('is refused where it is none: %.20s', (header) => {
    expect(() => parseAccept(header)).toThrow('no list of media types');
  });

  it.each([
    ['image/jpeg;q=0, */*', 'image/png'],
    ['image/jpeg;q=0, image/*', 'image/png'],
    ['image/*;q=0, image/png, */*', 'image/png'],
    ['image/jpeg;q=0.1, */*', 'image/png'],
    ['image/jpeg, image/jpeg;q=0', 'image/jpeg'],
    ['image/*;q=0, */*', undefined],
    ['multipart/related; type="image/jpeg";q=0, */*', 'image/jpeg'],
    ['image/jpeg; transfer-syntax=1.2;q=0, */*', 'image/jpeg'],
  ])('takes what is named more closely out of the stars: %s', (header, type) => {
    expect(chooseType(parseAccept(header), ['image/jpeg', 'image/png'])).toBe(type);
  });

  it('is no multipart range for a body that is one', () => {
    const offers = ['application/dicom+json', 'application/dicom+xml'];
    expect(chooseType(parseAccept('application/*'), offers)).toBe('application/dicom+json');
    expect(chooseType(parseAccept('text/html, application/dicom+xml'), offers)).toBe('application/dicom+xml');
    expect(chooseType(parseAccept('multipart/related; type="application/dicom+json"'), offers)).toBeUndefined();
  });
});
