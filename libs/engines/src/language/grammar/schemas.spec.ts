import type { GenerationRequest, Tool } from '@medserve/clinical';
import fc from 'fast-check';
import { z } from 'zod';
import { byteLevelTokenizer } from '../testing/small-tokenizers';
import { requestOf } from '../testing/request';
import type { Tokenizer } from '../text/tokenizer';
import { ByteAutomaton } from './byte-automaton';
import { SchemaCompiler } from './compile-schema';
import { excludesEachOther } from './exclusive-schemas';
import { Formats } from './formats';
import { JsonParts } from './json-parts';
import { Choice, measureAll } from './rule';
import { VocabularyTrie } from './vocabulary-trie';

let tokenizer: Tokenizer;
let formats: Formats;

beforeAll(async () => {
  tokenizer = await byteLevelTokenizer();
  formats = new Formats(tokenizer, new Set([tokenizer.idOf('<|im_end|>')!]));
});

const trie = (): VocabularyTrie => new VocabularyTrie(tokenizer, tokenizer.size, new Set());

const asked = (schema: unknown, strict: boolean | undefined = true): GenerationRequest =>
  requestOf({ format: { kind: 'schema', name: 'x', schema: schema as Record<string, unknown>, strict } });

/** Whether this text, and no more of it, is an answer to the request. */
function takes(request: GenerationRequest, text: string): boolean {
  const run = formats.run(request)!;
  for (const byte of new TextEncoder().encode(text)) {
    const id = Array.from({ length: tokenizer.size }, (_, at) => at).find((at) => {
      const bytes = tokenizer.bytesOf(at);
      return bytes.length === 1 && bytes[0] === byte;
    })!;
    const row = new Float32Array(tokenizer.size);
    run.mask(row, 1_000);
    if (row[id] === -Infinity) return false;
    run.accept(id);
  }
  return run.isWhole;
}

const fits = (schema: unknown, text: string): boolean => takes(asked(schema), text);

const refused = (field: string, keyword: string) =>
  expect.objectContaining({
    reason: 'invalid_request',
    field,
    message: expect.stringContaining(`"${keyword}"`) as string,
  }) as Error;

const text = (rest: Record<string, unknown> = {}) => ({ type: 'string', ...rest });

describe('a schema', () => {
  it.each([
    [{ type: 'object', properties: { a: { type: 'integer' }, b: text() }, required: ['a'] }, '{"a":1}', '{"b":""}'],
    [{ type: 'object', properties: { a: { type: 'integer' }, b: text() } }, '{"b":"x"}', '{"b":"x","a":1}'],
    [{ type: 'object', additionalProperties: { type: 'boolean' } }, '{"x": true, "y":false}', '{"x":1}'],
    [{ type: 'object', additionalProperties: false }, '{}', '{"x":1}'],
    [{ type: 'object', required: ['x'] }, '{"x":[1,{"y":null}]}', '{}'],
    [{ type: 'array', items: { type: 'null' }, minItems: 2, maxItems: 3 }, '[null, null]', '[null]'],
    [{ type: 'array', prefixItems: [text(), { type: 'integer' }], items: false }, '["a",1]', '["a",1,2]'],
    [{ type: 'array', prefixItems: [text()], minItems: 2, items: { type: 'boolean' } }, '["a",true]', '["a"]'],
    [{ enum: ['left', 7, { a: [1] }] }, '{"a":[1]}', '"lef"'],
    [{ const: 'x', type: 'string' }, '"x"', '"y"'],
    [{ enum: ['a', 1], type: 'integer' }, '1', '"a"'],
    [{ type: ['string', 'null'] }, 'null', '1'],
    [{ anyOf: [{ type: 'integer', minimum: 5 }, { type: 'boolean' }] }, '17', '4'],
    [{ oneOf: [text(), { type: 'integer' }] }, '"a"', 'true'],
    [
      {
        allOf: [
          { type: 'object', properties: { a: text() } },
          { properties: { b: text() }, required: ['b'] },
        ],
      },
      '{"b":""}',
      '{"a":""}',
    ],
    [text({ minLength: 2, maxLength: 3 }), '"äö"', '"a"'],
    [text({ maxLength: 2 }), '"😀\\n"', '"abc"'],
    [text({ pattern: '^[A-Z]{2}[0-9]+$' }), '"AB12"', '"A1"'],
    [text({ pattern: 'ab' }), '"xxabyy"', '"a b"'],
    [text({ pattern: '^(?:a|b\\.)*[^a-z"]$' }), '"ab.心"', '"abc"'],
    [text({ pattern: '^\\w+\\s\\d{2,}$' }), '"a_1 123"', '"a 1"'],
    [text({ pattern: '^"\\\\$' }), '"\\"\\\\"', '"a"'],
    [text({ format: 'date' }), '"2024-02-29"', '"2023-02-29"'],
    [text({ format: 'email' }), '"a.b@example.org"', '"a.b"'],
    [text({ format: 'date-time' }), '"2026-11-25T21:00:00.5Z"', '"2026-11-25 21:00"'],
    [{ type: 'integer', minimum: -3, exclusiveMaximum: 12 }, '-3', '12'],
    [{ type: 'integer', multipleOf: 5, minimum: 100 }, '105', '103'],
    [{ type: 'number', minimum: 0, maximum: 1 }, '0.25', '1.5'],
    [{ type: 'number', exclusiveMinimum: 0.25, maximum: 0.3 }, '0.2500001', '0.25'],
    [{ type: 'number', multipleOf: 0.01, maximum: 1 }, '0.99', '0.995'],
    [{ type: 'number' }, '-0.5', '-0'],
    [{ $ref: '#/$defs/side', $defs: { side: { enum: ['left'] } } }, '"left"', '"x"'],
    [true, '[{"a":[1.5,"x",null]}]', 'nul'],
  ])('%j takes %s and not %s', (schema, good, bad) => {
    expect([fits(schema, good), fits(schema, bad)]).toEqual([true, false]);
  });

  const closed = (rest: object) => ({ type: 'object', additionalProperties: false, ...rest });
  const kinds = (...consts: string[]) =>
    consts.map((kind) => ({ properties: { kind: { const: kind } }, required: ['kind'] }));

  it.each([
    [{ type: 'array', items: [text(), { type: 'integer' }], minItems: 2, maxItems: 2 }, '["a",1]', '["a"]'],
    [{ type: 'array', items: [text()], additionalItems: false }, '["a"]', '["a",1]'],
    [{ type: 'integer', minimum: 3, exclusiveMinimum: true }, '4', '3'],
    [{ type: 'number', maximum: 3, exclusiveMaximum: false }, '3', '3.5'],
    [closed({ properties: { kind: text(), a: text() }, anyOf: kinds('ct', 'mr') }), '{"kind":"mr"}', '{"kind":"x"}'],
    [closed({ properties: { kind: text(), a: text() }, anyOf: kinds('ct', 'mr') }), '{"kind":"ct","a":""}', '{"a":""}'],
    [{ type: ['string', 'null'], anyOf: [text(), { type: 'null' }] }, 'null', '1'],
    [{ type: 'string', anyOf: [text({ maxLength: 1 }), { type: 'null' }] }, '"a"', 'null'],
    [{ type: 'number', oneOf: [{ type: 'integer', minimum: 2 }, text()] }, '2', '2.5'],
    [
      {
        allOf: [
          { type: 'integer', minimum: 0 },
          { minimum: 5, maximum: 9 },
        ],
        maximum: 20,
      },
      '5',
      '4',
    ],
    [{ allOf: [{ type: 'integer', multipleOf: 4 }, { multipleOf: 6 }] }, '12', '4'],
    [{ allOf: [{ enum: ['a', 'b', 1] }, { enum: ['b', 1] }, text()] }, '"b"', '1'],
    [
      {
        allOf: [
          { type: 'array', items: text() },
          { prefixItems: [{ enum: ['a', 1] }], items: { maxLength: 1 } },
        ],
      },
      '["a","b"]',
      '[1]',
    ],
    [
      { allOf: [{ anyOf: [text(), { type: 'null' }] }, { anyOf: [{ type: 'null' }, { type: 'boolean' }] }] },
      'null',
      'true',
    ],
    [
      {
        allOf: [
          true,
          { allOf: [{ type: 'object', properties: { a: text() } }, { properties: { a: { minLength: 2 } } }] },
        ],
      },
      '{"a":"xx"}',
      '{"a":"x"}',
    ],
    [
      { allOf: [closed({ properties: { a: text(), b: text() } }), { properties: { b: { maxLength: 1 } } }] },
      '{"b":"x"}',
      '{"b":"xx"}',
    ],
    [
      { allOf: [{ type: 'object', additionalProperties: { maxLength: 1 } }, { properties: { a: text() } }] },
      '{"a":"x"}',
      '{"a":"xx"}',
    ],
    [{ $ref: '#/$defs/s', minLength: 2, $defs: { s: text({ minLength: 1 }) } }, '"xx"', '"x"'],
    [
      { allOf: [{ $ref: '#/$defs/s', maxLength: 3 }, { minLength: 2 }], $defs: { s: text({ minLength: 1 }) } },
      '"xx"',
      '"x"',
    ],
  ])('brought together is held to all: %j takes %s and not %s', (schema, good, bad) => {
    expect([fits(schema, good), fits(schema, bad)]).toEqual([true, false]);
  });

  it('that holds itself may have more beside it', () => {
    const node = { type: 'object', properties: { next: { $ref: '#/$defs/node', maxProperties: 3 } } };
    const schema = { $defs: { node: { allOf: [node, { properties: { a: text() } }] } }, $ref: '#/$defs/node' };
    expect([fits(schema, '{"next":{"next":{},"a":""}}'), fits(schema, '{"next":{"a":1}}')]).toEqual([true, false]);
  });

  it.each([
    [
      { allOf: [closed({ properties: { a: text() } }), { properties: { b: text() }, required: ['b'] }] },
      '{"a":"","b":""}',
      '{"b":1}',
    ],
    [{ allOf: [text({ pattern: '^a' }), text({ pattern: 'b$' })] }, '"ac"', '"c"'],
    [{ allOf: [{ type: 'number', multipleOf: 0.5 }, { multipleOf: 0.25 }] }, '1.5', '0.25'],
  ])('that is not strict goes by the first of what cannot be brought together: %j', (schema, good, bad) => {
    expect(() => formats.run(asked(schema))).toThrow(refused('response_format', 'allOf'));
    expect([takes(asked(schema, false), good), takes(asked(schema, false), bad)]).toEqual([true, false]);
  });

  it('may hold itself', () => {
    const tree = {
      $defs: {
        node: {
          type: 'object',
          properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
          required: ['next'],
        },
      },
      $ref: '#/$defs/node',
    };
    expect(fits(tree, '{"next":{"next":{"next":null}}}')).toBe(true);
  });

  it('takes no control characters, no escapes that there are not, no broken characters', () => {
    expect(['"\n"', '"\\x"', '"\\ud800"', '"\\u00e4"', '"\\n"'].map((one) => fits(text(), one))).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  it('lets no white space stand but one space after a colon or a comma', () => {
    const two = { type: 'object', properties: { a: { type: 'null' }, b: { type: 'null' } }, required: ['a', 'b'] };
    expect(
      ['{"a": null, "b":null}', '{ "a":null,"b":null}', '{"a":  null,"b":null}', '{"a":null,"b":null}\n'].map((one) =>
        fits(two, one),
      ),
    ).toEqual([true, false, false, false]);
  });

  it.each([
    ['not', { not: { type: 'string' } }],
    ['if', { type: 'object', if: {}, then: {} }],
    ['uniqueItems', { type: 'array', items: text(), uniqueItems: true }],
    ['contains', { type: 'array', contains: text() }],
    ['patternProperties', { type: 'object', patternProperties: { a: text() } }],
    ['pattern', text({ pattern: '^(?=a)b$' })],
    ['pattern', text({ pattern: '^\\p{L}$' })],
    ['format', text({ format: 'regex' })],
    ['maxLength', text({ pattern: '^a*$', maxLength: 3 })],
    ['oneOf', { oneOf: [{ type: 'integer' }, { type: 'number' }] }],
    ['allOf', { allOf: [{ type: 'object', additionalProperties: false }, { properties: { a: text() } }] }],
    ['minProperties', { type: 'object', minProperties: 1 }],
    ['multipleOf', { type: 'number', multipleOf: 1e-9 }],
    ['type', { type: 'date' }],
    ['minLength', text({ minLength: '3' })],
    ['items', { type: 'array', items: 'x' }],
    ['allOf', { allOf: [text({ pattern: '^a' }), text({ pattern: 'b$' })] }],
    ['enum', { enum: 'left' }],
    ['required', { type: 'object', required: 'x' }],
    ['$ref', { $ref: 'https://example.org/schema' }],
    ['$ref', { $ref: '#/$defs/none' }],
    ['$ref', { $defs: { a: { anyOf: [{ $ref: '#/$defs/a' }] } }, $ref: '#/$defs/a' }],
  ])('with "%s" that cannot be enforced is refused: %j', (keyword, schema) => {
    expect(() => formats.run(asked({ type: 'object', properties: { x: schema }, ...(schema as object) }))).toThrow(
      refused('response_format', keyword),
    );
  });

  it('with formats and the patterns that zod puts beside them is held to both', () => {
    const lookAhead =
      "^(?!\\.)(?!.*\\.\\.)([A-Za-z0-9_'+\\-\\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$";
    const zods = z.toJSONSchema(z.object({ mail: z.email(), on: z.iso.date(), id: z.uuid(), ip: z.ipv4() }));
    const older = { ...zods, properties: { ...zods.properties, mail: text({ format: 'email', pattern: lookAhead }) } };
    const id = '123e4567-e89b-42d3-a456-426614174000';
    const answer = (mail: string, on: string, ip = '10.0.0.1'): string => JSON.stringify({ mail, on, id, ip });
    for (const schema of [zods, older])
      for (const strict of [true, false])
        expect(
          [
            answer('a.b@example.org', '2026-11-27'),
            answer('.a@example.org', '2026-11-27'),
            answer('a@b.de', '2026-11-31'),
            answer('a@b.de', '2026-11-27', '10.0.0.256'),
          ].map((one) => takes(asked(schema, strict), one)),
        ).toEqual([true, false, false, false]);
  });

  it('of a time is held to the pattern of its SDK, which may say more', () => {
    const schema = z.toJSONSchema(z.iso.datetime());
    expect(['"2026-11-27T10:00:00Z"', '"2026-11-27T10:00:00+02:00"', '"now"'].map((one) => fits(schema, one))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it.each([
    [text({ format: 'date', minLength: 1, maxLength: 10 }), '"2026-11-27"', '"2026"'],
    [text({ format: 'email', minLength: 3, pattern: '^(?=a)' }), '"a@b.de"', '"a"'],
    [text({ pattern: '^[A-Z]{2}$', maxLength: 2 }), '"AB"', '"ABC"'],
  ])('may have a bound that every text keeps: %j', (schema, good, bad) => {
    expect([fits(schema, good), fits(schema, bad)]).toEqual([true, false]);
  });

  it.each([
    [text({ format: 'email', maxLength: 20, pattern: '^.+$' }), 'maxLength'],
    [text({ format: 'email', minLength: 20 }), 'minLength'],
  ])('that is not strict goes without a bound that cannot be enforced: %j', (schema, keyword) => {
    expect(() => formats.run(asked(schema))).toThrow(refused('response_format', keyword));
    expect([takes(asked(schema, false), '"abc@example.org"'), takes(asked(schema, false), '"abc"')]).toEqual([
      true,
      false,
    ]);
  });

  it('of many texts of one format, or of one pattern, makes it once', () => {
    const many = (rest: Record<string, unknown>) => ({
      type: 'object',
      properties: Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`p${String(at)}`, text(rest)])),
    });
    const built = jest.spyOn(ByteAutomaton.prototype, 'together');
    for (const rest of [{ format: 'uri' }, { pattern: '^[A-Z]{2}x$' }, { pattern: '^(?=a)' }]) {
      built.mockClear();
      new SchemaCompiler(new JsonParts(trie()), many(rest), 'tools', false).compile();
      // Each asks for its sets of states, once.
      expect(new Set(built.mock.contexts).size).toBeLessThanOrEqual(1);
    }
    built.mockRestore();
  });

  it('with patterns that are too large all together is refused, strict or not', () => {
    const large = (end: string) => ({
      type: 'object',
      properties: Object.fromEntries(
        Array.from({ length: 40 }, (_, at) => [`p${String(at)}`, text({ pattern: `^(?:ab){900}${String(at)}${end}` })]),
      ),
    });
    for (const strict of [true, false])
      expect(() => formats.run(asked(large('(?:abcde){900}$'), strict))).toThrow(refused('response_format', 'pattern'));
    // Those too that are not known for their size.
    expect(() => formats.run(asked(large('(?:[acegikmoqsuwy]{99}){999}$'), false))).toThrow(
      refused('response_format', 'pattern'),
    );
  });

  it.each([
    [text({ format: 'regex' }), '"["'],
    [{ type: 'array', items: { type: 'integer' }, uniqueItems: true }, '[1,1]'],
    [{ type: 'object', properties: { a: { type: 'null', not: {} } }, patternProperties: { b: {} } }, '{"a":null}'],
    [{ oneOf: [{ type: 'integer' }, { type: 'number' }] }, '1'],
  ])('that is not strict is taken without what cannot be enforced: %j', (schema, good) => {
    expect(() => formats.run(asked(schema))).toThrow(expect.objectContaining({ reason: 'invalid_request' }) as Error);
    expect(takes(asked(schema, false), good)).toBe(true);
    expect(takes(requestOf({ format: { kind: 'schema', name: 'x', schema } }), good)).toBe(true);
  });

  it.each([
    ['type', { type: 'date' }],
    ['minLength', text({ minLength: '3' })],
    ['$ref', { $ref: '#/$defs/none' }],
  ])('that is not strict is refused all the same with a "%s" that means nothing: %j', (keyword, schema) => {
    expect(() => formats.run(asked(schema, false))).toThrow(refused('response_format', keyword));
  });

  it.each([
    [{ enum: [] }],
    [false],
    [{ type: 'object', properties: { a: false }, required: ['a'] }],
    [{ type: 'object', required: ['a'], additionalProperties: false }],
    [{ type: 'integer', minimum: 3, maximum: 2 }],
    [{ allOf: [text(), { type: 'integer' }] }],
    [{ allOf: [{ const: 1 }, { const: 2 }, { enum: [1, 2] }] }],
    [{ allOf: [text(), false] }],
    [{ type: 'array', items: text(), minItems: 2, maxItems: 1 }],
    [{ enum: [1, 2], minimum: 5 }],
    [{ const: 'a', pattern: '^b$' }],
    [{ type: 'object', required: ['a', 'b'], maxProperties: 1 }],
    [{ type: 'object', minProperties: 2, maxProperties: 1 }],
    [{ type: 'object', properties: { a: text() }, additionalProperties: false, minProperties: 2 }],
    [{ type: 'object', additionalProperties: false, minProperties: 1 }],
    [{ type: 'array', items: false, minItems: 1 }],
    [text({ pattern: '^\\u0001$' })],
    [text({ pattern: '^(?=a)', minLength: 3, maxLength: 2 })],
    [text({ format: 'date', maxLength: 9 })],
    [
      {
        $defs: { a: { type: 'object', properties: { a: { $ref: '#/$defs/a' } }, required: ['a'] } },
        $ref: '#/$defs/a',
      },
    ],
  ])('that nothing fits is refused: %j', (schema) => {
    for (const strict of [true, false])
      expect(() => formats.run(asked(schema, strict))).toThrow(
        expect.objectContaining({ reason: 'invalid_request', field: 'response_format' }) as Error,
      );
  });

  /** Of each level all ways to the one below, by a chain of references. */
  const levels = (count: number, last: object, level: (below: object) => object) => ({
    $defs: Object.fromEntries(
      Array.from({ length: count + 1 }, (_, at) => [
        `a${String(at)}`,
        at === 0 ? last : level({ $ref: `#/$defs/a${String(at - 1)}` }),
      ]),
    ),
    $ref: `#/$defs/a${String(count)}`,
  });

  it('whose options lead to the same in many ways is read once, wherever it stands', () => {
    const same = levels(8, text(), (below) => ({ anyOf: new Array<object>(13).fill(below) }));
    const { $defs, ...reference } = same;
    const began = process.cpuUsage();
    expect([fits(same, '"a"'), fits(same, '1')]).toEqual([true, false]);
    const inMember = { type: 'object', properties: { x: reference }, $defs };
    expect([fits(inMember, '{"x":"a"}'), fits(inMember, '{"x":1}')]).toEqual([true, false]);
    expect(process.cpuUsage(began).user).toBeLessThan(10_000_000);
  });

  it('that leaves more open than is read, later than at its beginning, still comes to an end within its limit', () => {
    const schema = levels(8, text(), (items) => ({
      anyOf: Array.from({ length: 13 }, (_, at) => ({ type: 'array', items, minItems: 1, maxItems: at + 2 })),
    }));
    const began = process.cpuUsage();
    expect([
      fits(schema, '[[[[[[[["a"]]]]]]]]'),
      fits(schema, '[[[[[[[[1]]]]]]]]'),
      fits(schema, '[[[[[[[]]]]]]]'),
    ]).toEqual([true, false, false]);
    expect(process.cpuUsage(began).user).toBeLessThan(20_000_000);
  });

  it('of many strings at once is held to them, those among them that end soonest', () => {
    const schema = { anyOf: Array.from({ length: 200 }, (_, at) => text({ minLength: at + 1, maxLength: at + 1 })) };
    expect([fits(schema, '"ab"'), fits(schema, '""')]).toEqual([true, false]);
  });

  it('of very many members that need not be there is measured in a few passes', () => {
    const parts = new JsonParts(trie());
    const many = {
      type: 'object',
      properties: Object.fromEntries(Array.from({ length: 500 }, (_, at) => [at.toString(36), text()])),
    };
    const root = new SchemaCompiler(parts, many, 'tools', false).compile();
    const measured = jest.spyOn(Choice.prototype, 'measure');
    measureAll(parts.rules);
    // Twice for each member: as the first that is written and after others; once to measure it and once to see that no more is to be done.
    expect(measured.mock.calls.length).toBeLessThanOrEqual(4 * 500);
    measured.mockRestore();
    expect(root.cost).toBeLessThan(Infinity);
  });

  it('of very many constants that exclude each other, or by one member, is read in time', () => {
    const members = (at: number) => ({ type: 'object', properties: { kind: { const: at } }, required: ['kind'] });
    const many = <T>(option: (at: number) => T): T[] => Array.from({ length: 4_000 }, (_, at) => option(at));
    const began = process.cpuUsage();
    for (const options of [
      many((at) => ({ const: at })),
      many(members),
      [...many((at) => text({ const: String(at) })), { type: 'null' }],
    ])
      expect(excludesEachOther(options, () => undefined)).toBe(true);
    expect(process.cpuUsage(began).user).toBeLessThan(2_000_000);
  });

  it.each([
    [{ oneOf: [{ const: 1 }, { const: 2 }, { enum: [1, 3] }] }],
    [{ oneOf: [{ const: { a: 1, b: 2 } }, { const: { b: 2, a: 1 } }] }],
    [{ oneOf: [{ type: ['integer', 'null'] }, text(), { type: ['number', 'boolean'] }] }],
  ])('whose options do not exclude each other cannot be enforced: %j', (schema) => {
    expect(() => formats.run(asked(schema))).toThrow(refused('response_format', 'oneOf'));
  });

  it.each([
    [{ allOf: [{ const: { a: 1, b: 2 } }, { const: { b: 2, a: 1 } }] }],
    [{ allOf: [{ enum: [{ a: 1, b: 2 }, 1] }, { enum: [{ b: 2, a: 1 }] }] }],
    [{ const: { a: 1, b: 2 }, enum: [{ b: 2, a: 1 }] }],
  ])('takes objects for equal whose members stand in another order: %j', (schema) => {
    expect([fits(schema, '{"a":1,"b":2}') || fits(schema, '{"b":2,"a":1}'), fits(schema, '1')]).toEqual([true, false]);
  });

  it.each([
    [{ enum: [1, 2, 3], minimum: 3 }, '3', '1'],
    [{ $ref: '#/$defs/g', minimum: 3, $defs: { g: { enum: [1, 2, 3] } } }, '3', '1'],
    [{ enum: [0.3, 0.35, 6], multipleOf: 0.1 }, '0.3', '0.35'],
    [{ enum: [1e21, 7, 1e-300], multipleOf: 5 }, '1e+21', '7'],
    [{ enum: [1e300, 3e-30], multipleOf: 1e-30 }, '3e-30', '0'],
    [{ enum: ['a', '😀', 'ab', 7], minLength: 2 }, '"ab"', '"😀"'],
    [{ enum: ['a"', 'b'], pattern: '^a' }, '"a\\""', '"b"'],
    [{ enum: ['2026-11-27', '2026'], format: 'date' }, '"2026-11-27"', '"2026"'],
    [{ enum: [[1, 1], [1, 2], [1]], uniqueItems: true, minItems: 2 }, '[1,2]', '[1,1]'],
    [
      { enum: [['a', 1], ['a', 'b'], [2]], items: [text()], additionalItems: { type: 'integer' } },
      '["a",1]',
      '["a","b"]',
    ],
    [{ enum: [{ a: 1 }, { b: 1 }, {}], required: ['a'], properties: { a: { maximum: 1 } } }, '{"a":1}', '{"b":1}'],
    [{ enum: [{ a: 1 }, { b: 1 }], properties: { a: {} }, additionalProperties: false }, '{"a":1}', '{"b":1}'],
    [{ enum: [{ a: 1 }, { a: 1, b: 2 }], maxProperties: 1 }, '{"a":1}', '{"a":1,"b":2}'],
    [{ enum: [1, 'a', null], anyOf: [{ type: 'string' }, { type: 'integer', minimum: 2 }] }, '"a"', '1'],
    [{ enum: [1, 2, 'a'], oneOf: [{ type: 'number' }, { type: 'integer', minimum: 2 }] }, '1', '2'],
  ])('lists only values that fit what stands beside them: %j takes %s and not %s', (schema, good, bad) => {
    for (const strict of [true, false])
      expect([takes(asked(schema, strict), good), takes(asked(schema, strict), bad)]).toEqual([true, false]);
  });

  it('that is strict is refused where what stands beside listed values cannot be enforced', () => {
    expect(() => formats.run(asked({ enum: [1], anyOf: [{ not: {} }, { type: 'integer' }] }))).toThrow(
      refused('response_format', 'not'),
    );
  });

  it('whose listed values lead to more than is read is refused', () => {
    const many = levels(8, text(), (below) => ({ anyOf: new Array<object>(13).fill(below) }));
    expect(() =>
      formats.run(
        asked({ type: 'object', properties: { a: { enum: [1], anyOf: [{ $ref: many.$ref }] } }, $defs: many.$defs }),
      ),
    ).toThrow(refused('response_format', 'enum'));
  });

  it('whose pattern is not of the whole text in each of its branches is held to its format', () => {
    const id = '"123e4567-e89b-42d3-a456-426614174000"';
    expect(['^a|b$', '^[0-9-]{10}\\$', '^a|^b$'].map((pattern) => fits(text({ format: 'uuid', pattern }), id))).toEqual(
      [true, true, true],
    );
    expect(fits(text({ format: 'uuid', pattern: '^a|b$' }), '"a"')).toBe(false);
    expect(fits(text({ format: 'uuid', pattern: '^a$|^b$' }), '"a"')).toBe(true);
  });

  it('that is too large is refused', () => {
    const many = { enum: Array.from({ length: 40_000 }, (_, at) => `value ${String(at)}`) };
    expect(() => formats.run(asked(many))).toThrow(expect.objectContaining({ field: 'response_format' }) as Error);
  });

  it('of a member by the name of something inherited is one like any other', () => {
    const odd = {
      type: 'object',
      properties: JSON.parse('{"__proto__": {"type": "null"}, "toString": {"type": "null"}}') as unknown,
      required: ['toString'],
    };
    expect(fits(odd, '{"toString":null}')).toBe(true);
  });
});

const KEYWORDS = [
  'type',
  'properties',
  'required',
  'items',
  'prefixItems',
  'exclusiveMinimum',
  'additionalItems',
  'anyOf',
  'oneOf',
  'allOf',
  '$ref',
  '$defs',
  'enum',
  'const',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'additionalProperties',
  'minProperties',
  'not',
];

const { nonsense } = fc.letrec<{ nonsense: unknown }>((tie) => ({
  nonsense: fc.oneof(
    { depthSize: 'small' },
    fc.jsonValue(),
    fc.constantFrom('string', 'object', 'array', '#', '#/$defs/a', '^a*$', '(', 1e308, -1, 0.1),
    fc.dictionary(fc.constantFrom(...KEYWORDS, 'a'), tie('nonsense'), { maxKeys: 4 }),
    fc.array(tie('nonsense'), { maxLength: 3 }),
  ),
}));

it('whatever is sent as a schema is read or refused', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...KEYWORDS), nonsense, { maxKeys: 4 }),
      fc.boolean(),
      (schema, strict) => {
        try {
          const run = formats.run(asked(schema, strict))!;
          expect(run.mask(new Float32Array(tokenizer.size), 50)).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ reason: 'invalid_request', field: 'response_format' });
        }
      },
    ),
    { numRuns: 500 },
  );
});

const find: Tool = {
  name: 'find_study',
  parameters: { type: 'object', properties: { patient: text() }, required: ['patient'] },
};

describe('calls that have to be made', () => {
  it('of a named function are its arguments', () => {
    const request = requestOf({ tools: [find], toolChoice: { name: 'find_study' } });
    expect([takes(request, '{"patient":"7"}'), takes(request, '{}'), takes(request, 'No.')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('are one or more of those that there are', () => {
    const call = '<tool_call>{"name": "find_study", "arguments": {"patient":"7"}}</tool_call>';
    const request = requestOf({ tools: [find, { name: 'stop' }], toolChoice: 'required' });
    expect(takes(request, call)).toBe(true);
    expect(takes(request, `${call}\n${call}`)).toBe(true);
    expect(takes(request, call.replace('find_study', 'other'))).toBe(false);
    expect(takes({ ...request, parallelToolCalls: false }, `${call}\n${call}`)).toBe(false);
  });

  it('with a keyword that cannot be enforced are refused where the tool is strict', () => {
    const parameters = { type: 'object', properties: { x: { type: 'array', uniqueItems: true } } };
    const named = (strict: boolean): GenerationRequest =>
      requestOf({ tools: [{ name: 'f', parameters, strict }], toolChoice: { name: 'f' } });
    expect(() => formats.run(named(true))).toThrow(refused('tools', 'uniqueItems'));
    expect(takes(named(false), '{"x":[1,1]}')).toBe(true);
  });

  it('have no arguments where a tool has no parameters', () => {
    const named = (tool: Omit<Tool, 'name'>): GenerationRequest =>
      requestOf({ tools: [{ name: 'f', ...tool }], toolChoice: { name: 'f' } });
    expect([takes(named({}), '{}'), takes(named({}), '{"x":1}')]).toEqual([true, false]);
    expect(takes(named({ parameters: {} }), '{"x":1}')).toBe(true);
  });

  it('have an object for arguments, though the schema does not say so', () => {
    const side = { type: 'object', properties: { side: { enum: ['left'] } }, required: ['side'] };
    for (const parameters of [
      { description: 'Anything.' },
      { $ref: '#/$defs/side', $defs: { side } },
      { anyOf: [{ $ref: '#/$defs/side' }, { type: 'object', additionalProperties: false }], $defs: { side } },
      { anyOf: [side, { type: 'null' }] },
      { ...side, type: ['object', 'null'] },
    ]) {
      const request = requestOf({ tools: [{ name: 'f', parameters }], toolChoice: { name: 'f' } });
      expect([takes(request, '{"side":"left"}'), takes(request, '"left"')]).toEqual([true, false]);
    }
  });

  it('may be made instead of an answer in a format', () => {
    const request = { ...asked({ enum: ['x'] }), tools: [find], toolChoice: 'auto' as const };
    expect(takes(request, '"x"')).toBe(true);
    expect(takes(request, '<tool_call>{"name": "find_study", "arguments": {"patient":""}}</tool_call>')).toBe(true);
  });
});

describe('a text in which calls may stand', () => {
  const call = (given: string, name = 'find_study') =>
    `<tool_call>\n{"name": "${name}", "arguments": ${given}}\n</tool_call>`;
  const may = (strict: boolean, parameters: Record<string, unknown> = { ...find.parameters }): GenerationRequest =>
    requestOf({ tools: [{ ...find, parameters, strict }, { name: 'stop' }], toolChoice: 'auto' });

  /** It is whole once its end token may follow. */
  function leaves(request: GenerationRequest, written: string): boolean {
    const run = formats.run(request)!;
    for (const byte of new TextEncoder().encode(written)) {
      const row = new Float32Array(tokenizer.size);
      const id = Array.from({ length: tokenizer.size }, (_, at) => at).find((at) => {
        const bytes = tokenizer.bytesOf(at);
        return bytes.length === 1 && bytes[0] === byte;
      })!;
      run.mask(row, 1);
      if (row[id] === -Infinity) return false;
      run.accept(id);
    }
    const row = new Float32Array(tokenizer.size);
    run.mask(row, 1);
    expect([run.isWhole, run.isOver]).toEqual([false, false]);
    return row[tokenizer.idOf('<|im_end|>')!] !== -Infinity;
  }

  it('is any text, with tags that no object follows', () => {
    for (const strict of [true, false])
      for (const written of [
        '',
        'Größe {"a": <b>',
        '<tool_call>',
        'a <tool_call> is',
        '<tool_call',
        `\n${call('{}', 'stop')}`,
      ])
        expect(leaves(may(strict), written)).toBe(true);
  });

  it('has arguments that fit where the tool is strict', () => {
    expect(
      ['{"patient":"7"}', '{}', '{"patient":7}', '{"patient":"7"'].map((given) =>
        leaves(may(true), `I look.\n${call(given)}`),
      ),
    ).toEqual([true, false, false, false]);
    expect(leaves(may(true), `${call('{"patient":"7"}')}\nDone. ${call('{}')}`)).toBe(false);
  });

  it.each(['[1,2]', '"hi"', '5', '{"a": tru}', '{a:1}', '{"a": 1'])(
    'never has arguments %s, strict or not',
    (given) => {
      expect([true, false].map((strict) => leaves(may(strict), call(given)))).toEqual([false, false]);
    },
  );

  it('has any object for arguments where the tool is not strict, whatever its schema is', () => {
    const odd = { type: 'object', properties: { a: { type: 'date' } } };
    expect(leaves(may(false, odd), call('{"a": [1, {"b": null}]}'))).toBe(true);
    expect(leaves(may(false, odd), call('{}', 'other'))).toBe(false);
  });

  it('is refused where a strict tool has what cannot be enforced, or cannot be called', () => {
    const having = (a: object) => ({ type: 'object', properties: { a }, required: ['a'] });
    expect(() => formats.run(may(true, having(text({ pattern: '(?=x)' }))))).toThrow(refused('tools', 'pattern'));
    expect(() => formats.run(may(true, having({ enum: [] })))).toThrow(
      expect.objectContaining({ reason: 'invalid_request', field: 'tools' }) as Error,
    );
  });
});
