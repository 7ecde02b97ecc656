import { factsOf, nameInWords } from './facts';

describe('facts of an object of any form', () => {
  it('are names and values, with lists and objects within', () => {
    const found = { slices: 28, tilted: true, sliceDistanceMm: { least: 1.08, most: 7 }, labels: [1, 2], none: null };
    expect(factsOf(found).facts).toEqual([
      { kind: 'value', name: 'slices', value: 28 },
      { kind: 'value', name: 'tilted', value: true },
      {
        kind: 'group',
        name: 'sliceDistanceMm',
        left: 0,
        facts: [
          { kind: 'value', name: 'least', value: 1.08 },
          { kind: 'value', name: 'most', value: 7 },
        ],
      },
      { kind: 'list', name: 'labels', values: [1, 2], left: 0 },
      { kind: 'value', name: 'none', value: null },
    ]);
  });

  it('number the members of a list of objects', () => {
    expect(factsOf({ heads: [{ at: 1 }] }).facts).toMatchObject([{ name: 'heads', facts: [{ name: '1' }] }]);
  });

  it('say how many more there were', () => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, place) => [`m${String(place)}`, place]));
    expect(factsOf(many)).toMatchObject({ left: 960 });
    expect(factsOf({ many: Array.from({ length: 1_000 }, () => ({})) }).facts).toMatchObject([{ left: 960 }]);
    expect(factsOf({ many: new Array(1_000).fill(0) }).facts).toMatchObject([{ left: 960 }]);
  });

  it('end at a depth, and texts at a length', () => {
    let nested: Record<string, unknown> = {};
    for (let depth = 0; depth < 5_000; depth += 1) nested = { nested };
    expect(JSON.stringify(factsOf(nested)).length).toBeLessThan(500);
    expect(factsOf({ text: 'x'.repeat(1_000_000) }).facts).toMatchObject([{ value: `${'x'.repeat(2_000)}…` }]);
  });
});

describe('a name in words', () => {
  it.each([
    ['sliceDistanceMm', 'slice distance', 'mm'],
    ['leastAreaMm2', 'least area', 'mm²'],
    ['fromHu', 'from', 'HU'],
    ['tiltDegrees', 'tilt', '°'],
    ['mL', '', 'mL'],
    ['abstainBelow', 'abstain below', ''],
    ['not-found', 'not found', ''],
    ['<img src=x>', '<img src=x>', ''],
  ])('of %j is %j, %j', (name, words, unit) => {
    expect(nameInWords(name)).toEqual({ words, unit });
  });
});
