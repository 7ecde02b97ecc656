import { hasIdleSlots, heldSlots, leaveSlot, NO_SLOTS, takeSlot, wantedSlots } from './slots';

const LIMIT = 80;

describe('slots of a quota of concurrency', () => {
  it('are asked for before the first is taken, with some to spare', () => {
    expect(takeSlot(NO_SLOTS, LIMIT, 0)).toEqual({ kind: 'short' });
    expect(wantedSlots(NO_SLOTS, LIMIT, 1)).toBe(11);
  });

  it('are taken without asking while some are held, and can be taken again when they are left', () => {
    const slots = heldSlots(NO_SLOTS, 1, 1, 0);
    const taken = takeSlot(slots, LIMIT, 0);
    if (taken.kind !== 'taken') throw new Error('There was no slot.');
    expect(takeSlot(taken.slots, LIMIT, 0).kind).toBe('short');
    expect(takeSlot(leaveSlot(taken.slots), LIMIT, 0).kind).toBe('taken');
  });

  it('that others hold are not asked for again at once', () => {
    const slots = heldSlots({ ...NO_SLOTS, used: 3 }, 3, 14, 1_000);
    expect(takeSlot(slots, LIMIT, 1_100)).toEqual({ kind: 'full', retryAfterMs: 250 });
    expect(takeSlot(slots, LIMIT, 1_250)).toEqual({ kind: 'short' });
  });

  it('are asked for again at once after idle ones were given back', () => {
    expect(takeSlot(heldSlots(NO_SLOTS, 0, 0, 1_000), LIMIT, 1_001)).toEqual({ kind: 'short' });
    expect(takeSlot(heldSlots({ ...NO_SLOTS, used: 5 }, 5, 5, 1_000), LIMIT, 1_001)).toEqual({ kind: 'short' });
  });

  it('end at the limit, also when it was made smaller', () => {
    expect(takeSlot({ ...NO_SLOTS, held: 80, used: 80 }, LIMIT, 0).kind).toBe('full');
    expect(takeSlot({ ...NO_SLOTS, held: 80, used: 20 }, 10, 0).kind).toBe('full');
    expect(wantedSlots({ ...NO_SLOTS, used: 79 }, LIMIT, 5)).toBe(LIMIT);
  });

  it('lie idle when more are held than are used and spare, and all of them when none is used', () => {
    expect(hasIdleSlots({ ...NO_SLOTS, held: 15, used: 5 }, LIMIT)).toBe(false);
    expect(hasIdleSlots({ ...NO_SLOTS, held: 16, used: 5 }, LIMIT)).toBe(true);
    expect(hasIdleSlots({ ...NO_SLOTS, held: 1 }, LIMIT)).toBe(true);
  });
});
