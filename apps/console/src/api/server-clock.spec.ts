import { hearServerTime, serverNowMs } from './server-clock';

const AT = Date.parse('2026-11-26T08:00:00.000Z');

describe('the clock of the platform', () => {
  afterEach(() => {
    hearServerTime(new Date(AT).toUTCString(), AT);
  });

  it('is the reader’s where both agree, to a few seconds', () => {
    hearServerTime('Thu, 26 Nov 2026 08:00:03 GMT', AT);
    expect(serverNowMs(AT + 700)).toBe(AT + 700);
  });

  it.each([-600_000, 600_000])('is told by its answers where the reader’s is %i ms off', (offMs) => {
    hearServerTime('Thu, 26 Nov 2026 08:00:00 GMT', AT + offMs);
    expect(serverNowMs(AT + offMs + 1_000)).toBe(AT + 1_000);
  });

  it('stays as it was where an answer does not tell it', () => {
    hearServerTime('Thu, 26 Nov 2026 08:10:00 GMT', AT);
    hearServerTime(null, AT);
    hearServerTime('noon', AT);
    expect(serverNowMs(AT)).toBe(AT + 600_000);
  });
});
