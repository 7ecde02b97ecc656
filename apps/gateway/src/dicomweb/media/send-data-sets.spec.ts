import { parseAccept } from './accept';
import { spellingFor, spellingOfOne } from './send-data-sets';

const spelt = (accept: string) => spellingFor(parseAccept(accept));

describe('the spelling of data sets', () => {
  it.each([
    ['*/*', 'json'],
    ['application/json', 'plain-json'],
    ['multipart/related; type="application/dicom+xml"', 'xml'],
    ['application/dicom+json;q=0, */*', 'plain-json'],
    ['application/*;q=0, */*', 'xml'],
  ])('is one that the caller takes: %s', (accept, spelling) => {
    expect(spelt(accept)).toBe(spelling);
  });

  it.each(['text/html', 'application/dicom+xml', 'application/*;q=0, multipart/*;q=0, */*'])(
    'is none where none is taken: %s',
    (accept) => {
      expect(() => spelt(accept)).toThrow(expect.objectContaining({ reason: 'not_acceptable' }) as Error);
    },
  );
});

describe('the spelling of one data set', () => {
  it.each([
    ['*/*', 'json'],
    ['application/*', 'json'],
    ['application/dicom+xml', 'one-xml'],
    ['application/dicom+xml, application/dicom+json;q=0.5', 'one-xml'],
    ['application/dicom+json, application/dicom+xml;q=0.5', 'json'],
    ['multipart/related; type="application/dicom+xml"', 'xml'],
  ])('may be XML without parts: %s', (accept, spelling) => {
    expect(spellingOfOne(parseAccept(accept))).toBe(spelling);
  });

  it('is none where none is taken', () => {
    expect(() => spellingOfOne(parseAccept('text/html'))).toThrow(
      expect.objectContaining({ reason: 'not_acceptable' }) as Error,
    );
  });
});
