import { aboutOf, factsOf, isSameJson, outcomeOf, type LedgerEvent } from './entry';

const event = (more: Partial<LedgerEvent>): LedgerEvent => ({
  id: '1',
  at: '',
  event: 'completed',
  actor: 'a',
  ...more,
});

describe('an entry of the ledger', () => {
  it('says how it came out, of requests and of everything else', () => {
    expect(
      ['accepted', 'completed', 'cancelled', 'failed', 'abandoned'].map((name) => outcomeOf(event({ event: name }))),
    ).toEqual(['going', 'success', 'cancelled', 'failed', 'failed']);
    expect(outcomeOf(event({ event: 'access_denied', outcome: 'refused' }))).toBe('refused');
    expect(outcomeOf(event({ event: 'result_read', outcome: 'success' }))).toBe('success');
  });

  it('says what it is about', () => {
    expect([aboutOf(event({ request: 'r' })), aboutOf(event({ subject: 'model:net' })), aboutOf(event({}))]).toEqual([
      'result:r',
      'model:net',
      '',
    ]);
  });

  it('is told in full, line by line, within bounds', () => {
    expect(factsOf({ a: 1, model: { name: 'net', x: { y: true } }, inputs: ['p', 'q'], none: null })).toEqual([
      ['a', '1'],
      ['model.name', 'net'],
      ['model.x.y', 'true'],
      ['inputs', 'p, q'],
      ['none', 'null'],
    ]);
    const [[, many]] = factsOf({ inputs: Array.from({ length: 500 }, (_, at) => at) }) as [[string, string]];
    expect(many).toMatch(/^0, 1, .*, 19, … \(500\)$/);
    expect(factsOf(Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`f${String(at)}`, at])))).toHaveLength(
      200,
    );
  });

  it('is the same whatever the order of its members, and no other', () => {
    expect(isSameJson({ a: [1, { b: null }], c: 'x' }, { c: 'x', a: [1, { b: null }] })).toBe(true);
    for (const other of [
      { a: [1] },
      { a: [1, 2], c: 1 },
      { a: { 0: 1, 1: 2 } },
      { a: [2, 1] },
      null,
      'x',
      { b: [1, 2] },
    ])
      expect(isSameJson({ a: [1, 2] }, other)).toBe(false);
  });
});
