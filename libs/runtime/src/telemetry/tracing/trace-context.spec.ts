import { formatTraceparent, newSpanId, newTraceId, parseTraceparent } from './trace-context';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('a traceparent', () => {
  it('is read as W3C wrote it', () => {
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-01`)).toEqual({ traceId: TRACE, spanId: SPAN, sampled: true });
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-00`)?.sampled).toBe(false);
    // Bit 1 says that the id is random, and nothing of keeping it.
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-02`)?.sampled).toBe(false);
  });

  it('of a later version is read as far as this one goes', () => {
    expect(parseTraceparent(`cc-${TRACE}-${SPAN}-01-what-the-future-brings`)).toMatchObject({ traceId: TRACE });
  });

  it.each([
    ['nothing', undefined],
    ['two headers', [`00-${TRACE}-${SPAN}-01`]],
    ['an empty one', ''],
    ['another length', `00-${TRACE}-${SPAN}-0`],
    ['capital letters', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['the version that is none', `ff-${TRACE}-${SPAN}-01`],
    ['more than this version has', `00-${TRACE}-${SPAN}-01-x`],
    ['no trace', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['no span', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['words', `00-Okonkwo-${SPAN}-01`],
    ['a book', `cc-${TRACE}-${SPAN}-01-${'x'.repeat(1_000)}`],
  ])('that is %s counts as absent', (_what, header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });

  it('is written as it was read', () => {
    const header = `00-${TRACE}-${SPAN}-01`;
    expect(formatTraceparent(parseTraceparent(header) ?? { traceId: '', spanId: '', sampled: false })).toBe(header);
  });

  it('has ids that are valid and unlike each other', () => {
    const ids = new Set(Array.from({ length: 2_000 }, () => `00-${newTraceId()}-${newSpanId()}-01`));
    expect(ids.size).toBe(2_000);
    expect([...ids].every((header) => parseTraceparent(header) !== undefined)).toBe(true);
  });
});
