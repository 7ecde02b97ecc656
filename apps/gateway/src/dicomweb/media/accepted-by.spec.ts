import { acceptedBy } from './accepted-by';

const typesOf = (query: Readonly<Record<string, string | string[]>>, accept?: string): string[] =>
  acceptedBy({ headers: { accept } }, query).map(({ type }) => type);

describe('what a caller takes', () => {
  it('is what the query says, before the header', () => {
    expect(typesOf({}, 'image/png')).toEqual(['image/png']);
    expect(typesOf({ accept: 'image/jpeg' }, 'image/png')).toEqual(['image/jpeg']);
  });

  it.each([
    ['application/dicom json', 'application/dicom+json'],
    ['application/dicom+json', 'application/dicom+json'],
    ['multipart/related; type="application/dicom xml"', 'application/dicom+xml'],
    ['multipart/related; type=application/dicom xml; q=0.5', 'application/dicom+xml'],
  ])('has its plus also where the query was read as a form: %s', (accept, type) => {
    expect(typesOf({ accept })).toEqual([type]);
  });

  it('keeps spaces that part one type from the next', () => {
    expect(typesOf({ accept: 'image/png , image/jpeg ;q=0.5, */* ; q=0.1' })).toEqual([
      'image/png',
      'image/jpeg',
      '*/*',
    ]);
  });

  it('is refused by the name of what is wrong', () => {
    expect(() => typesOf({ accept: 'nonsense' })).toThrow(
      expect.objectContaining({ field: 'accept', message: 'The parameter accept is no list of media types.' }) as Error,
    );
    expect(() => typesOf({ accept: ['image/png', 'image/png'] })).toThrow(
      expect.objectContaining({ field: 'accept' }) as Error,
    );
    expect(() => typesOf({}, 'nonsense')).toThrow(expect.objectContaining({ field: 'Accept' }) as Error);
  });
});
