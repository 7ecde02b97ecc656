import { usageTime } from './usage-time';

const said = (from: string | undefined, to: string): string[] => {
  const time = usageTime(from === undefined ? undefined : new Date(from), new Date(to));
  return [time.from.toISOString(), time.to.toISOString()];
};

describe('the time of usage', () => {
  it('is of the whole hours that a time touches', () => {
    expect(said('2026-11-25T08:30:00Z', '2026-11-25T08:45:00Z')).toEqual([
      '2026-11-25T08:00:00.000Z',
      '2026-11-25T09:00:00.000Z',
    ]);
    expect(said('2026-11-25T08:00:00Z', '2026-11-25T09:00:00.001Z')[1]).toBe('2026-11-25T10:00:00.000Z');
  });

  it('is what was asked for where that is whole hours', () => {
    expect(said('2026-11-01', '2026-12-01')).toEqual(['2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z']);
  });

  it('is 30 days up to the end of the last hour where nothing is said of its start', () => {
    expect(said(undefined, '2026-11-25T12:20:00Z')).toEqual(['2026-10-26T13:00:00.000Z', '2026-11-25T13:00:00.000Z']);
  });
});
