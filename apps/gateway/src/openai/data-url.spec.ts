import { fileOfUrl } from './data-url';

const DATA = 'aGVhcnQ=';
const bytes = Buffer.from('heart');

describe('a data URL', () => {
  it.each([
    ['data:image/png;base64,', 'image/png'],
    ['DATA:Image/PNG;BASE64,', 'image/png'],
    ['data:image/png;name=my%20scan.png;base64,', 'image/png'],
    ['data:image/png; name="a, b; c";base64,', 'image/png'],
    ['data:image/svg+xml;a=1;b=2;c=3;d=4;e=5;base64,', 'image/svg+xml'],
    [`data:application/dicom;name=${'x'.repeat(200)};base64,`, 'application/dicom'],
    ['data:image/*;base64,', undefined],
    ['data:image;base64,', undefined],
    ['data:;base64,', undefined],
  ])('%s holds its file', (head, mediaType) => {
    expect(fileOfUrl(head + DATA, 'url')).toEqual(mediaType === undefined ? { bytes } : { bytes, mediaType });
  });

  it.each([
    ['in lines', 'aGVh\r\ncnQ=\n'],
    ['in lines that are escaped', 'aGVh%0AcnQ%3D%0A'],
    ['with its padding escaped', 'aGVhcnQ%3d'],
    ['without its padding', 'aGVhcnQ'],
  ])('holds its file %s', (_, data) => {
    expect(fileOfUrl(`data:image/png;base64,${data}`, 'url').bytes).toEqual(bytes);
  });

  it('has its signs of base64 escaped, too', () => {
    expect(fileOfUrl('data:image/png;base64,%2B%2f%2B/', 'url').bytes).toEqual(Buffer.from('+/+/', 'base64'));
  });

  it.each([
    ['data:image/png,heart', 'not in base64'],
    [`data:image/png;name=${'x'.repeat(3_000)};base64,${DATA}`, 'not in base64'],
    ['data:image/png;base64,%%%', 'not base64'],
    ['data:image/png;base64,aGVhcnQ%ff', 'not base64'],
    ['data:image/png;base64,aGVh*cnQ=', 'not base64'],
    ['https://example.org/;base64,', 'not fetched'],
  ])('is refused: %s', (url, why) => {
    expect(() => fileOfUrl(url, 'here')).toThrow(
      expect.objectContaining({ field: 'here', message: expect.stringContaining(why) as string }) as Error,
    );
  });

  it('is read at once, however its head is written', () => {
    const began = performance.now();
    for (const odd of [';', '; ', ';base64', ';\n', ' '])
      expect(() => fileOfUrl(`data:${odd.repeat(100_000)}`, 'url')).toThrow();
    expect(performance.now() - began).toBeLessThan(500);
  });
});
