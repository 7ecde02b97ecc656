import { Slots } from './slots';

describe('slots of deliveries', () => {
  it('let one to each destination through when all shared ones are taken', () => {
    const slots = new Slots(2);
    slots.changed(0, 3);
    expect(slots.room(3)).toBe(0);
    expect(slots.room(0)).toBe(1);
  });

  it('come back when what held them has ended', () => {
    const slots = new Slots(2);
    slots.changed(0, 3);
    slots.changed(3, 1);
    expect(slots.room(1)).toBe(2);
  });
});
