import fc from 'fast-check';
import { OversizedEventError, ServerSentEvents } from './server-sent-events';

const read = (pieces: readonly Uint8Array[], maxEventBytes = 1 << 20) => {
  const events = new ServerSentEvents(maxEventBytes);
  return pieces.flatMap((piece) => [...events.push(piece)]);
};
const whole = (text: string) => read([Buffer.from(text, 'utf8')]);

describe('ServerSentEvents', () => {
  it('reads data, the name of an event, and several lines of data as one', () => {
    expect(whole('event: error\ndata: a\ndata:b\ndata\n\ndata: c\n\n')).toEqual([
      { event: 'error', data: 'a\nb\n' },
      { event: 'message', data: 'c' },
    ]);
  });

  it('passes over comments, unknown fields, and events without data', () => {
    expect(whole(': ping\n\nid: 7\nretry: 9\nevent: x\n\n: pong\ndata: a\n\n')).toEqual([
      { event: 'message', data: 'a' },
    ]);
  });

  it('takes all three line ends, and a byte order mark at the start', () => {
    expect(whole('\ufeffdata: a\r\n\r\ndata: b\r\rdata: c\n\n').map(({ data }) => data)).toEqual(['a', 'b', 'c']);
  });

  it('gives no event that has no end', () => {
    expect(whole('data: a\n\ndata: b\n')).toEqual([{ event: 'message', data: 'a' }]);
  });

  it('reads the same wherever the bytes are cut, and whatever ends the lines', () => {
    const line = fc.constantFrom('data: größe \u{1fac1}', 'data:', ': x', 'event: e', '', '');
    const ending = fc.constantFrom('\n', '\r\n', '\r');
    const text = fc
      .array(fc.tuple(line, ending), { maxLength: 20 })
      .map((lines) => lines.map((parts) => parts.join('')).join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 30 }), (stream, cuts) => {
        const bytes = Buffer.from(stream, 'utf8');
        const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
        const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        expect(read(pieces)).toEqual(whole(stream.replaceAll(/\r\n?/g, '\n')));
      }),
    );
  });

  it.each([
    ['a line', ['data: ', 'x'.repeat(2_000)]],
    ['a comment', [': ', 'x'.repeat(2_000)]],
    ['an event', Array.from({ length: 40 }, () => `data: ${'x'.repeat(50)}\n`)],
    ['an event of empty lines of data', Array.from({ length: 400 }, () => 'data\n')],
  ])('does not keep %s without end', (_, texts) => {
    expect(() =>
      read(
        texts.map((text) => Buffer.from(text)),
        1_000,
      ),
    ).toThrow(OversizedEventError);
  });
});
