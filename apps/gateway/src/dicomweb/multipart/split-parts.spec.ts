import fc from 'fast-check';
import { PartSplitter, type Part, type SplitLimits } from './split-parts';

const LIMITS: SplitLimits = { partBytes: 1_000, parts: 10, headerBytes: 200 };

function split(body: Buffer | string, boundary = 'b', sizes: readonly number[] = [], limits = LIMITS): Part[] {
  const splitter = new PartSplitter(boundary, limits);
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  const parts: Part[] = [];
  let at = 0;
  for (const size of sizes) {
    parts.push(...splitter.push(bytes.subarray(at, at + size)));
    at += size;
  }
  parts.push(...splitter.push(bytes.subarray(at)));
  if (splitter.end()) throw new Error('ended inside a part');
  return parts;
}

const texts = (parts: readonly Part[]): string[] => parts.map(({ bytes }) => bytes.toString('latin1'));

describe('the splitter of multipart bodies', () => {
  it('finds the parts and their media types', () => {
    const body = '--b\r\nContent-Type: application/dicom; x=1\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n';
    expect(split(body).map(({ mediaType, bytes }) => [mediaType, bytes.toString()])).toEqual([
      ['application/dicom', 'one'],
      [undefined, 'two'],
    ]);
  });

  it('passes over what stands before the first boundary and behind the last', () => {
    expect(texts(split('a preamble --b\r\n--b\r\n\r\none\r\n--b--\r\nan epilogue\r\n--b\r\n\r\nnot a part'))).toEqual([
      'one',
    ]);
  });

  it('takes lines that end by LF alone, and leaves the part its last CR then', () => {
    expect(texts(split('--b\nContent-Type: application/dicom\n\none\r\n--b\n\ntwo\n--b--'))).toEqual(['one\r', 'two']);
  });

  it('does not take a longer line for the boundary', () => {
    expect(texts(split('--b\r\n\r\none\r\n--bc\r\n--b-\r\n--b \r\n\r\ntwo\r\n--b--'))).toEqual([
      'one\r\n--bc\r\n--b-',
      'two',
    ]);
  });

  it('finds an empty part, with a line of its own and without', () => {
    expect(texts(split('--b\r\n\r\n\r\n--b\r\nX: y\r\n\r\n--b--'))).toEqual(['', '']);
  });

  it('finds no part in a body that only closes', () => {
    expect(split('--b--\r\n')).toEqual([]);
  });

  it('says that the last part is lost where the body ends inside of it', () => {
    const splitter = new PartSplitter('b', LIMITS);
    expect(texts(splitter.push(Buffer.from('--b\r\n\r\none\r\n--b\r\n\r\ntw')))).toEqual(['one']);
    expect(splitter.end()).toBe(true);
  });

  it.each(['', 'no boundary at all', '--c\r\n\r\none\r\n--c--'])('refuses a body without its boundary: %j', (body) => {
    expect(() => split(body)).toThrow('its boundary never comes');
  });

  it('refuses what stands before the first boundary, the header of a part, a part and parts past their limits', () => {
    expect(() => split('x'.repeat(201))).toThrow('does not begin with its boundary');
    expect(() => split(`--b\r\nX: ${'y'.repeat(200)}\r\n\r\n`)).toThrow('header of a part is too large');
    expect(() => split(`--b\r\n\r\n${'y'.repeat(1_100)}`)).toThrow('part of the body is too large');
    expect(texts(split(`--b\r\n\r\n${'y'.repeat(1_000)}\r\n--b--`))).toEqual(['y'.repeat(1_000)]);
    expect(() => split('--b\r\n\r\n\r\n'.repeat(11))).toThrow('too many parts');
  });

  it('finds the same parts however the body is cut into pieces', () => {
    const alphabet = fc.constantFrom('\r', '\n', '-', 'b', 'x', '--b', '\r\n--', '\r\n--bx', '\0');
    const content = fc.array(alphabet, { maxLength: 20 }).map((pieces) => pieces.join(''));
    const isClear = (text: string): boolean => !/(^|\n)--b([ \t]*\r?(\n|$)|--)/.test(text);
    fc.assert(
      fc.property(
        fc.array(content.filter(isClear), { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 100 }),
        (contents, sizes) => {
          const body = `${contents.map((text) => `--b\r\nContent-Type: a/b\r\n\r\n${text}\r\n`).join('')}--b--\r\n`;
          expect(texts(split(body, 'b', sizes))).toEqual(contents);
        },
      ),
      { numRuns: 500 },
    );
  });
});
