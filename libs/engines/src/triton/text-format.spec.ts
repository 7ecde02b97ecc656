import { parseTextFormat } from './text-format';

describe('protobuf’s text format', () => {
  it('reads what a configuration is written with', () => {
    const text = `
      # A comment, "with a quote".
      name: "chest\\x2dxray" 'and' "more"; max_batch_size: 8,
      input [ { name: "a" dims: [ -1, 0x10, 010 ] }, { name: "b", dims: 1 dims: 2 } ]
      dynamic_batching { }
      instance_group: < count: 2 kind: KIND_CPU >
      parameters { key: "k" value: { string_value: "\\303\\251\\n\\u00e9" } }
      share: 1.5e-1f limit: -inf on: true empty: []`;
    expect(parseTextFormat(text)).toEqual({
      name: 'chest-xrayandmore',
      max_batch_size: 8,
      input: [
        { name: 'a', dims: [-1, 16, 8] },
        { name: 'b', dims: [1, 2] },
      ],
      dynamic_batching: {},
      instance_group: { count: 2, kind: 'KIND_CPU' },
      parameters: { key: 'k', value: { string_value: 'é\né' } },
      share: 0.15,
      limit: Number.NEGATIVE_INFINITY,
      on: true,
      empty: [],
    });
  });

  it.each([
    ['a name alone', 'name', 1],
    ['no colon before a scalar', 'name "x"', 1],
    ['an open brace', 'a {\n b: 1', 2],
    ['a closing brace too many', 'a { } }', 1],
    ['an open list', 'a: [1, 2', 1],
    ['an open text', 'a: 1\nb: "x', 2],
    ['an extension', '[type.googleapis.com/x] { }', 1],
    ['no text at all', '\n\n\u0000', 3],
  ])('says in which line it is not: %s', (_, text, line) => {
    expect(() => parseTextFormat(text)).toThrow(new RegExp(`line ${String(line)}\\b`));
  });

  it('is bounded in depth', () => {
    expect(() => parseTextFormat('a {'.repeat(10_000))).toThrow('nested too deeply');
  });

  it('gives no way to a prototype', () => {
    const parsed = parseTextFormat('__proto__ { polluted: true }');
    expect(Object.keys(parsed)).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
