/** Taken at a time: most instances take one step. */
const STEP_BYTES = 4 * 1024 * 1024;

/** What a request holds of the budget of all bodies while a part of it arrives. */
export class Holding {
  private readonly giveBack: (() => void)[] = [];

  /** @param hold takes bytes, and says how to give them back; throws where there is no room */
  constructor(private readonly hold: (bytes: number) => () => void) {}

  /** @throws ServingError `overloaded` */
  holdAtLeast(bytes: number): void {
    const wanted = Math.ceil(bytes / STEP_BYTES);
    while (this.giveBack.length < wanted) this.giveBack.push(this.hold(STEP_BYTES));
    while (this.giveBack.length > wanted) this.giveBack.pop()?.();
  }

  letGo(): void {
    this.holdAtLeast(0);
  }
}
