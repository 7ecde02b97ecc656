import { parseStoreType } from './store-request';

describe('the media type of a store request', () => {
  it.each([
    'multipart/related; type="application/dicom"; boundary=bbb',
    'multipart/related; type=application/dicom; boundary="bbb"',
    'Multipart/Related;boundary=bbb',
  ])('is %s', (header) => {
    expect(parseStoreType(header)).toEqual({ kind: 'multipart', boundary: 'bbb' });
  });

  it('may be that of one instance', () => {
    expect(parseStoreType('application/dicom')).toEqual({ kind: 'single' });
  });

  it.each([
    undefined,
    'text/plain',
    'multipart/form-data; boundary=x',
    'multipart/related; type="image/png"; boundary=x',
    'multipart/related; type="application/dicom+json"; boundary=x',
    'application/dicom, application/dicom',
  ])('is unsupported: %s', (header) => {
    expect(() => parseStoreType(header)).toThrow(expect.objectContaining({ reason: 'unsupported_media' }) as Error);
  });

  it.each([
    'multipart/related; type="application/dicom"',
    'multipart/related; boundary="a\\"b"',
    `multipart/related; boundary=${'x'.repeat(200)}`,
  ])('has no boundary: %.60s', (header) => {
    expect(() => parseStoreType(header)).toThrow(expect.objectContaining({ reason: 'invalid_request' }) as Error);
  });
});
