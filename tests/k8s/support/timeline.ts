interface Happening {
  readonly atMs: number;
  readonly scenario: string;
  readonly what: string;
}

const now = (): number => performance.now();

/** What happened when, in one spec: scenarios wait on it, and it is printed as a table at the end. */
export class Timeline {
  private readonly happenings: Happening[] = [];
  private readonly waiting = new Set<() => void>();
  private scenario = '';
  private beganAtMs = now();

  /** A new scenario: its times count from now. */
  begin(scenario: string): void {
    this.scenario = scenario;
    this.beganAtMs = now();
  }

  /** Milliseconds since the scenario began. */
  get elapsedMs(): number {
    return now() - this.beganAtMs;
  }

  /** @returns when it happened, in milliseconds since the scenario began */
  mark(what: string): number {
    const atMs = this.elapsedMs;
    this.happenings.push({ atMs, scenario: this.scenario, what });
    this.wake();
    return atMs;
  }

  /** Somebody may wait for what has changed. */
  wake(): void {
    for (const wake of [...this.waiting]) wake();
  }

  /** Waits until something holds, looked at whenever anything happens. @returns milliseconds since the scenario began */
  async until(what: string, holds: () => boolean, withinMs = 90_000): Promise<number> {
    const givesUpAt = now() + withinMs;
    while (!holds()) {
      if (now() > givesUpAt) throw new Error(`in vain waited for: ${what}\n${this.table()}`);
      await new Promise<void>((resolve) => {
        const done = (): void => {
          this.waiting.delete(done);
          clearTimeout(timer);
          resolve();
        };
        const timer = setTimeout(done, 1_000);
        this.waiting.add(done);
      });
    }
    return this.elapsedMs;
  }

  /** Waits until something is there. */
  async untilFound<T>(what: string, find: () => T | undefined): Promise<T> {
    let found: T | undefined;
    await this.until(what, () => (found = find()) !== undefined);
    return found as T;
  }

  /** Waits as long as something has to hold all the time, so that what is not to happen has had the time to. */
  async always(what: string, holds: () => boolean, forMs: number): Promise<void> {
    const until = now() + forMs;
    while (now() < until) {
      if (!holds()) throw new Error(`did not hold: ${what}\n${this.table()}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  table(): string {
    const lines = this.happenings.map(({ atMs, scenario, what }, index) => {
      const heading = scenario === this.happenings[index - 1]?.scenario ? '' : `${scenario}\n`;
      return `${heading}  ${(atMs / 1_000).toFixed(3).padStart(8)} s  ${what}`;
    });
    return lines.join('\n');
  }

  print(): void {
    process.stdout.write(`\n${this.table()}\n`);
  }
}
