import { parsePrefer, preferenceApplied } from './prefer';

describe('the header Prefer', () => {
  it.each<[string | string[] | undefined, object]>([
    [undefined, { respondAsync: false }],
    ['', { respondAsync: false }],
    ['respond-async', { respondAsync: true }],
    ['Respond-Async, wait=10', { respondAsync: true, waitMs: 10_000 }],
    [['wait = 0', 'respond-async'], { respondAsync: true, waitMs: 0 }],
    ['wait="5"; foo=bar', { respondAsync: false, waitMs: 5_000 }],
    ['return=minimal; wait=3, wait=7', { respondAsync: false, waitMs: 7_000 }],
    ['wait=3, wait=7', { respondAsync: false, waitMs: 3_000 }],
    ['foo="respond-async, wait=1"', { respondAsync: false }],
    ['wait=soon', { respondAsync: false }],
    ['wait=-1', { respondAsync: false }],
    ['wait=999999999', { respondAsync: false, waitMs: 3_600_000 }],
    [`"${'\\'.repeat(10_000)}`, { respondAsync: false }],
  ])('of %j prefers %j', (header, preference) => {
    expect(parsePrefer(header)).toEqual(preference);
  });

  it('is answered by what was done', () => {
    expect(preferenceApplied({ respondAsync: true, waitMs: 2_000 }, true)).toBe('respond-async, wait=2');
    expect(preferenceApplied({ respondAsync: true, waitMs: 2_000 }, false)).toBe('wait=2');
    expect(preferenceApplied({ respondAsync: true }, true)).toBe('respond-async');
    expect(preferenceApplied({ respondAsync: false }, false)).toBeUndefined();
  });
});
