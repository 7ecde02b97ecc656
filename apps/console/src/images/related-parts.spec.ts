import { PartsError, relatedParts } from './related-parts';

const TYPE = 'multipart/related; type="application/dicom"; boundary=b-1';
const bytesOf = (body: string) => new TextEncoder().encode(body);
const partsOf = (body: string, type = TYPE): string[] =>
  relatedParts(bytesOf(body), type).map((part) => new TextDecoder().decode(part));
const part = (content: string): string => `--b-1\r\nContent-Type: application/dicom\r\n\r\n${content}\r\n`;

describe('the parts of an answer', () => {
  it('are what stands between its boundaries, byte for byte', () => {
    expect(partsOf(`${part('one\r\n-\r\n\r\n--b-')}${part('')}--b-1--\r\n`)).toEqual(['one\r\n-\r\n\r\n--b-', '']);
    expect(partsOf('--b-1--\r\n')).toEqual([]);
  });

  it('have a boundary that may be quoted', () => {
    expect(partsOf(`${part('one')}--b-1--`, 'multipart/related; boundary="b-1"; type="x"')).toEqual(['one']);
  });

  it.each([
    ['ends too early', part('one')],
    ['ends in a part', '--b-1\r\nContent-Type: application/dicom\r\n\r\non'],
    ['ends in a head', '--b-1\r\nContent-'],
    ['is something else', 'no parts'],
  ])('are none where it %s', (_, body) => {
    expect(() => partsOf(body)).toThrow(PartsError);
  });

  it('are none where its type names no boundary', () => {
    expect(() => partsOf(part('one'), 'application/dicom')).toThrow(PartsError);
  });
});
