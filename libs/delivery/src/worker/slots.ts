/**
 * How many deliveries may be under way over all destinations. One to each is always let through, so that no destination waits for
 * another, however many that one keeps busy; what goes beyond that shares the slots.
 */
export class Slots {
  private taken = 0;

  constructor(private readonly shared: number) {}

  /** @param active how many the destination has under way */
  room(active: number): number {
    return (active === 0 ? 1 : 0) + Math.max(0, this.shared - this.taken);
  }

  /** What one destination has under way changed. */
  changed(before: number, after: number): void {
    this.taken += beyondFirst(after) - beyondFirst(before);
  }
}

const beyondFirst = (active: number): number => Math.max(0, active - 1);
