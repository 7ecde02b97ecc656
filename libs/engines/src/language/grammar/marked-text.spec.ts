import { TextToMark, TextWithoutMark } from './marked-text';
import { NO, type Terminal } from './terminal';

/** How many bytes are read, and whether what was read is all of it. */
function read(terminal: Terminal, text: string): [number, boolean] {
  let state = terminal.start;
  const bytes = Buffer.from(text);
  for (const [at, byte] of bytes.entries()) {
    const next = terminal.step(state, byte);
    if (next === NO) return [at, terminal.accepts(state)];
    state = next;
  }
  return [bytes.length, terminal.accepts(state)];
}

describe('a text around marks', () => {
  it.each([
    ['ä <a> {', 8],
    ['<a>{', 4],
    ['<<a>\n\t {', 8],
    ['<a> <a>{', 8],
    ['<a>x<a>{', 8],
  ])('%j ends with the brace after the mark, or has none', (text, size) => {
    expect(read(new TextToMark('<a>'), `${text}more`)).toEqual([size, true]);
    expect(read(new TextWithoutMark('<a>'), `${text}more`)).toEqual([size - 1, true]);
  });

  it.each(['', '<a>', '<a> x {', '<a', '<a >{', '{<a>'])('%j has no such object', (text) => {
    expect(read(new TextToMark('<a>'), text)).toEqual([Buffer.byteLength(text), false]);
    expect(read(new TextWithoutMark('<a>'), text)).toEqual([Buffer.byteLength(text), true]);
  });

  it('has no mark that begins within itself', () => {
    expect(() => new TextToMark('<a<')).toThrow(RangeError);
  });
});
