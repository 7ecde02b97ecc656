import fc from 'fast-check';
import { makeRoom, type Resident, type RoomLimits } from './make-room';

const resident = (key: string, more: Partial<Resident> = {}): Resident => ({
  key,
  bytes: 10,
  lastUsedAtMs: 0,
  busy: false,
  pinned: false,
  ...more,
});
const LIMITS: RoomLimits = { maxResidentBytes: 30, maxHosts: 3 };
const keys = (residents: readonly Resident[]) => residents.map(({ key }) => key);

describe('makeRoom', () => {
  it('evicts nobody while there is room', () => {
    expect(makeRoom([resident('a'), resident('b')], 10, LIMITS)).toEqual({ kind: 'room', evict: [] });
  });

  it('evicts the idle model that was used longest ago', () => {
    const residents = [
      resident('new', { lastUsedAtMs: 3 }),
      resident('old', { lastUsedAtMs: 1 }),
      resident('older but busy', { busy: true }),
    ];
    expect(makeRoom(residents, 10, LIMITS)).toMatchObject({ kind: 'room', evict: [{ key: 'old' }] });
  });

  it('spares what need not go: a small old model, when a large one has to go anyway', () => {
    const residents = [
      resident('small', { bytes: 1, lastUsedAtMs: 1 }),
      resident('large', { bytes: 25, lastUsedAtMs: 2 }),
    ];
    expect(makeRoom(residents, 20, LIMITS)).toMatchObject({ kind: 'room', evict: [{ key: 'large' }] });
  });

  it('says which limit is in the way, and whether it may pass', () => {
    const busy = ['a', 'b', 'c'].map((key) => resident(key, { busy: true }));
    expect(makeRoom(busy, 1, LIMITS)).toEqual({ kind: 'full', limit: 'model hosts: 3', passing: true });
    const limit = 'memory of all model hosts: 30 bytes';
    expect(makeRoom([], 31, LIMITS)).toEqual({ kind: 'full', limit, passing: false });
    expect(makeRoom([resident('a', { pinned: true })], 25, LIMITS)).toEqual({ kind: 'full', limit, passing: false });
    expect(makeRoom([resident('a', { busy: true })], 25, LIMITS)).toEqual({ kind: 'full', limit, passing: true });
  });

  it('never evicts a busy or a pinned model, keeps the limits, and evicts nobody who could have stayed', () => {
    const residents = fc.array(
      fc.record({
        key: fc.uuid(),
        bytes: fc.nat(20),
        lastUsedAtMs: fc.nat(100),
        busy: fc.boolean(),
        pinned: fc.boolean(),
      }),
      { maxLength: 6 },
    );
    const limits = fc.record({ maxResidentBytes: fc.nat(60), maxHosts: fc.integer({ min: 1, max: 6 }) });
    fc.assert(
      fc.property(residents, fc.nat(40), limits, (present, wantedBytes, bounds) => {
        const decision = makeRoom(present, wantedBytes, bounds);
        const fits = (others: readonly Resident[]) =>
          others.length < bounds.maxHosts &&
          others.reduce((sum, { bytes }) => sum + bytes, wantedBytes) <= bounds.maxResidentBytes;
        const unmovable = present.filter(({ busy, pinned }) => busy || pinned);
        expect(decision.kind).toBe(fits(unmovable) ? 'room' : 'full');
        if (decision.kind === 'full') return;
        expect(decision.evict.some(({ busy, pinned }) => busy || pinned)).toBe(false);
        const staying = present.filter((other) => !decision.evict.includes(other));
        expect(fits(staying)).toBe(true);
        for (const evicted of decision.evict) expect(fits([...staying, evicted])).toBe(false);
        expect(keys(decision.evict)).toHaveLength(new Set(keys(decision.evict)).size);
      }),
    );
  });
});
