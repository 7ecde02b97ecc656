import { validate, version } from 'uuid';
import { newEventId } from './event-id';

const timeOf = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

describe('event ids', () => {
  it('are UUIDs of version 7 that hold the time, and no two are the same', () => {
    const from = Date.now();
    const ids = Array.from({ length: 20_000 }, () => newEventId());
    const until = Date.now();
    for (const id of ids) expect([validate(id), version(id)]).toEqual([true, 7]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(timeOf(ids[0] ?? '')).toBeGreaterThanOrEqual(from);
    // At most a few thousand ids fit into a millisecond; more carry the following ones.
    expect(timeOf(ids.at(-1) ?? '')).toBeLessThanOrEqual(until + 20);
  });

  it('sort in the order in which they were made, within a millisecond and when the clock goes back', () => {
    const now = Date.now() + 60_000;
    const ids = [...Array.from({ length: 10_000 }, () => newEventId(now)), newEventId(now - 5_000), newEventId(now)];
    expect([...ids].sort()).toEqual(ids);
  });

  it('hold times of which 32 bits are not enough', () => {
    expect(timeOf(newEventId(0x0198_1234_5678))).toBeGreaterThanOrEqual(0x0198_1234_5678);
  });
});
