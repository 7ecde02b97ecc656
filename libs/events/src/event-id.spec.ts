import { validate, version } from 'uuid';
import { momentOfId, newEventId } from './event-id';

describe('event ids', () => {
  it('are UUIDs of version 7 that hold the time, and no two are the same', () => {
    const from = Date.now();
    const ids = Array.from({ length: 20_000 }, () => newEventId());
    const until = Date.now();
    for (const id of ids) expect([validate(id), version(id)]).toEqual([true, 7]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(momentOfId(ids[0] ?? '')).toBeGreaterThanOrEqual(from);
    // At most a few thousand ids fit into a millisecond; more carry the following ones.
    expect(momentOfId(ids.at(-1) ?? '')).toBeLessThanOrEqual(until + 20);
  });

  it('sort in the order in which they were made, within a millisecond and when the clock goes back', () => {
    const now = Date.now() + 60_000;
    const ids = [...Array.from({ length: 10_000 }, () => newEventId(now)), newEventId(now - 5_000), newEventId(now)];
    expect([...ids].sort()).toEqual(ids);
  });

  it('hold times of which 32 bits are not enough', () => {
    expect(momentOfId(newEventId(0x0198_1234_5678))).toBeGreaterThanOrEqual(0x0198_1234_5678);
  });

  it('say when they were made, in either case, where they are of version 7', () => {
    const id = newEventId();
    expect(momentOfId(id.toUpperCase())).toBe(momentOfId(id));
    expect(momentOfId('919108f7-52d1-4320-9bac-f847db4148a8')).toBeUndefined();
    expect(momentOfId('')).toBeUndefined();
  });
});
