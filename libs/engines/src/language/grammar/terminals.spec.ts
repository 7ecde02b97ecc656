import fc from 'fast-check';
import { NumberText, type NumberBounds } from './number-text';
import { seededRandom } from '../sampling/random';
import { compilePattern, PatternNotKnown } from './pattern';
import { PatternText } from './pattern-text';
import { StringText } from './string-text';
import { NO, type Terminal } from './terminal';

/** Whether the terminal takes the text as a whole, and what it said on the way about how far its end is. */
function read(terminal: Terminal, text: string): { takes: boolean; costs: number[] } {
  let state = terminal.start;
  const costs = [terminal.cost(state)];
  for (const byte of new TextEncoder().encode(text)) {
    state = terminal.step(state, byte);
    if (state === NO) return { takes: false, costs };
    costs.push(terminal.cost(state));
  }
  return { takes: terminal.accepts(state), costs };
}

const takes = (terminal: Terminal, text: string): boolean => read(terminal, text).takes;

/** As it is whole at its end, and every byte leads at most one nearer, no cost may be more than what was left. */
function expectHonest(terminal: Terminal, text: string): void {
  const { takes: isWhole, costs } = read(terminal, text);
  if (!isWhole) return;
  costs.forEach((cost, at) => {
    expect(cost).toBeLessThanOrEqual(costs.length - 1 - at);
  });
}

const words = fc.string({
  unit: fc.oneof(
    fc.constantFrom('a', 'b', 'B', '1', '_', '"', '\\', '/', ' ', '\t', '\n', 'ä', '心', '😀', '.'),
    // White space beyond ASCII, what stands beside it, and the first and last of as many bytes.
    fc.constantFrom(
      ...Array.from(
        '\u0080\u00a0\u00a1\u07ff\u0800\u1680\u180e\u1fff\u2000\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff\uffff',
      ),
    ),
    fc.constantFrom('\u{10000}', '\u{10ffff}'),
  ),
  maxLength: 8,
});

const atom = fc.constantFrom(
  'a',
  'b',
  '1',
  '.',
  '[ab]',
  '[^a]',
  '[^"\\\\]',
  '[a-z0-9]',
  '\\d',
  '\\w',
  '\\W?a',
  '\\W',
  '\\D',
  '\\s',
  '\\S',
  '[\\s\\S]',
  '[^\\s]',
  '[^\\S]',
  '[^\\w\\s]',
  '[^\\d\\S]',
  '[^\\s@ä]',
  '[^]',
  '[\\u00a0-\\u2028]',
  '[^\\u0800-😀]',
  '\\.',
  '"',
  '\\\\',
  '\\n',
  'ä',
  '[aä]',
  '\\x61',
  '\\u0062',
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atom,
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => a + b),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(?:${a}|${b})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('*', '+', '?', '{2}', '{1,}', '{0,2}', '+?'))
      .map(([a, times]) => `(${a})${times}`),
  ),
}));

describe('a string with a pattern', () => {
  it('takes what the expression takes, as it stands in JSON', () => {
    fc.assert(
      fc.property(expression, fc.constantFrom('', '^'), fc.constantFrom('', '$'), words, (inner, begin, end, text) => {
        const pattern = `${begin}(?:${inner})${end}`;
        const expected = new RegExp(pattern, 'u').test(text);
        const terminal = new PatternText(compilePattern(pattern));
        expect([pattern, text, takes(terminal, JSON.stringify(text))]).toEqual([pattern, text, expected]);
        expectHonest(terminal, JSON.stringify(text));
      }),
      { numRuns: 600 },
    );
  });

  it.each([
    '[0-9].{0,15}mm',
    '^(?:[A-Za-z]+[ ,.]*){1,100}$',
    '^(?:(?:ab?){0,4}c){0,9}$',
    '^(?:a{0,3}b{0,3}){1,5}(?:ab){0,3}$',
  ])('%s takes what it took, whatever was read before', (pattern) => {
    const terminal = new PatternText(compilePattern(pattern));
    const expression = new RegExp(pattern, 'u');
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', 'm', 'ä', ' '), maxLength: 30 });
    fc.assert(
      fc.property(text, (written) => {
        expect(takes(terminal, JSON.stringify(written))).toBe(expression.test(written));
        expectHonest(terminal, JSON.stringify(written));
      }),
      { numRuns: 300 },
    );
  });

  it.each(['^(?:a|b)*a(?:a|b){14}$', '[0-9].{15}mm', '^(?:(?:(?:a?){9}b?){9}c?){9}$'])(
    '%s is not known: it may stand for too much at once',
    (pattern) => {
      expect(() => new PatternText(compilePattern(pattern))).toThrow(PatternNotKnown);
    },
  );
});

describe('a number', () => {
  const bound = fc.option(
    fc.integer({ min: -400, max: 400 }).map((quarters) => quarters / 4),
    { nil: undefined },
  );
  const bounds: fc.Arbitrary<NumberBounds> = fc.record({
    integer: fc.boolean(),
    minimum: bound,
    maximum: bound,
    exclusiveMinimum: bound,
    exclusiveMaximum: bound,
    multipleOf: fc.constantFrom(undefined, undefined, 0.25, 0.5, 3, 7),
  });
  const text = fc
    .tuple(
      fc.constantFrom('', '-'),
      fc.integer({ min: 0, max: 120 }),
      fc.constantFrom('', '.0', '.5', '.25', '.125', '.3'),
    )
    .map((parts) => parts.join(''));

  it('is taken alike, whatever was read before it', () => {
    const eighth = fc.integer({ min: -24, max: 24 }).map((eighths) => eighths / 8);
    const decimal = fc
      .tuple(fc.integer({ min: -3000, max: 3000 }), fc.integer({ min: 0, max: 3 }))
      .map(([thousandths, digits]) => (thousandths / 1000).toFixed(digits).replace(/^-(0[.0]*)$/, '$1'));
    fc.assert(
      fc.property(
        fc.record({
          integer: fc.constant(false),
          exclusiveMinimum: eighth,
          maximum: eighth,
          multipleOf: fc.constantFrom(undefined, 0.125, 0.25, 2),
        }),
        fc.array(decimal, { minLength: 30, maxLength: 60 }),
        (given, texts) => {
          const terminal = new NumberText(given);
          const within = (text: string): boolean =>
            Number(text) > given.exclusiveMinimum &&
            Number(text) <= given.maximum &&
            (given.multipleOf === undefined || Number.isInteger(Number(text) / given.multipleOf));
          expect(texts.filter((text) => takes(terminal, text))).toEqual(texts.filter(within));
        },
      ),
      { numRuns: 400 },
    );
  });

  // So many that all that is kept of a large step is forgotten, some of it while a text is read.
  it.each([
    { integer: true, multipleOf: 7 },
    { integer: true, multipleOf: 99_991, minimum: -5e14, maximum: 5e14 },
    { integer: false, multipleOf: 0.01, minimum: 0 },
    { integer: false, multipleOf: 977.53, exclusiveMaximum: 1e12 },
  ])('of %j is taken alike, after thousands of others', (given) => {
    const terminal = new NumberText(given);
    const hundredths = BigInt(Math.round(given.multipleOf * 100));
    const random = seededRandom(7n);
    for (let count = 0; count < 3_000; count += 1) {
      const factor = BigInt(Math.floor(random() * 10 ** (count % 10)));
      const near = factor * hundredths + BigInt(count % 3 === 0 ? 1 : 0) * (given.integer ? 100n : 1n);
      const written = String(near / 100n) + (given.integer ? '' : `.${String(near % 100n).padStart(2, '0')}`);
      expect([written, takes(terminal, written)]).toEqual([written, near % hundredths === 0n]);
    }
  });

  it('has no more digits than a double, and is read as one within its bounds', () => {
    const finite = fc
      .tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.constantFrom(1, 10, 1e3, 1e6, 1e9, 1e12, 1e15, 1e-3, 1e-6))
      .map(([part, unit]) => part * unit);
    const isWithin = (given: NumberBounds, value: number): boolean =>
      value >= (given.minimum ?? -Infinity) &&
      value <= (given.maximum ?? Infinity) &&
      value > (given.exclusiveMinimum ?? -Infinity) &&
      value < (given.exclusiveMaximum ?? Infinity);
    fc.assert(
      fc.property(
        finite,
        fc.constantFrom('minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'),
        fc.integer({ min: -2, max: 2 }),
        fc.nat({ max: 8 }),
        (bound, word, beside, digits) => {
          const given = { integer: false, [word]: bound };
          const whole = Math.trunc(Math.abs(bound)).toString().length;
          const places = Math.max(0, Math.min(digits, 15 - whole));
          const written = (bound + beside / 10 ** places).toFixed(places).replace(/^-(0[.0]*)$/, '$1');
          const { length } = written.replace(/[-.]/g, '');
          const expected = length <= 15 && isWithin(given, Number(written));
          expect([written, takes(new NumberText(given), written)]).toEqual([written, expected]);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it.each<[Partial<NumberBounds>, string, boolean]>([
    [{ minimum: 0, exclusiveMaximum: 1e9 }, '999999999.999999', true],
    [{ minimum: 0, exclusiveMaximum: 1e9 }, '999999999.99999999', false],
    [{ minimum: 0, maximum: 123456789.12345678 }, '123456789.123456', true],
    [{ minimum: 0, maximum: 123456789.12345678 }, '123456789.123457', false],
    [{ minimum: 987654321.98765432 }, '987654321.987654', false],
    [{ minimum: 987654321.98765432 }, '987654321.987655', true],
    [{ multipleOf: 1e60 }, '0', true],
    [{ multipleOf: 1e60 }, '0.0', true],
    [{ multipleOf: 1e60 }, '999999999999999', false],
    [{}, '999999999999999', true],
    [{}, '9999999999999999', false],
    [{}, '99999999999999.9', true],
    [{}, '99999999999999.99', false],
  ])('of %j: %s is one: %j', (given, written, expected) => {
    expect(takes(new NumberText({ integer: false, ...given }), written)).toBe(expected);
  });

  it('of a step beyond all that can be written is zero, or none', () => {
    expect(new NumberText({ integer: false, multipleOf: 1e60, minimum: 1 }).cost(0)).toBe(Infinity);
    expect(new NumberText({ integer: true, multipleOf: 1e60 }).cost(0)).toBe(1);
  });

  it('is taken where it lies within its bounds', () => {
    fc.assert(
      fc.property(bounds, text, (given, written) => {
        const value = Number(written);
        const expected =
          (!given.integer || !written.includes('.')) &&
          !(written.startsWith('-') && value === 0) &&
          value >= (given.minimum ?? -Infinity) &&
          value <= (given.maximum ?? Infinity) &&
          value > (given.exclusiveMinimum ?? -Infinity) &&
          value < (given.exclusiveMaximum ?? Infinity) &&
          (given.multipleOf === undefined || Number.isInteger(value / given.multipleOf));
        const terminal = new NumberText(given);
        expect(takes(terminal, written)).toBe(expected);
        expectHonest(terminal, written);
      }),
      { numRuns: 600 },
    );
  });

  it('of any beginning that is let through can be ended as soon as is said', () => {
    fc.assert(
      fc.property(bounds, fc.array(fc.nat({ max: 11 }), { maxLength: 12 }), (given, choices) => {
        const terminal = new NumberText(given);
        let state = terminal.start;
        const ways = (): number[] =>
          Array.from('-.0123456789', (c) => terminal.step(state, c.charCodeAt(0))).filter((next) => next !== NO);
        for (const choice of choices) {
          const open = ways();
          if (open.length === 0) break;
          state = open[choice % open.length]!;
        }
        for (let left = terminal.cost(state); left > 0 && left < Infinity; left -= 1) {
          const nearer = ways().filter((next) => terminal.cost(next) <= left - 1);
          expect(nearer.length).toBeGreaterThan(0);
          state = nearer[0]!;
        }
        expect(terminal.cost(state) === Infinity || terminal.accepts(state)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it.each(['01', '1.', '.5', '+1', '1e5', '--1', '1.2.3', 'NaN', ''])('is not written as %j', (written) => {
    expect(takes(new NumberText({ integer: false }), written)).toBe(false);
  });
});

describe('a string', () => {
  it('is taken where it is JSON and has a length within its bounds', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 6 }),
        fc.nat({ max: 4 }),
        fc.nat({ max: 4 }),
        (text, min, more) => {
          const length = Array.from(text).length;
          const terminal = new StringText(min, min + more);
          expect(takes(terminal, JSON.stringify(text))).toBe(length >= min && length <= min + more);
          expectHonest(terminal, JSON.stringify(text));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('of bytes that are no UTF-8 is not taken', () => {
    const broken = [
      [0x80],
      [0xc0, 0x80],
      [0xe0, 0x80, 0x80],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xff],
      [0xe4, 0x22],
    ];
    for (const bytes of broken) {
      const terminal = new StringText();
      const end = [0x22, ...bytes].reduce(
        (state, byte) => (state === NO ? NO : terminal.step(state, byte)),
        terminal.start,
      );
      expect(end).toBe(NO);
    }
  });
});
