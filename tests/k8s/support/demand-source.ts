import type { PoolDemand } from '@medserve/contracts';
import { demandOf, FakeRouter } from '@medserve/testkit';

const TELL_EVERY_MS = 1_000;

/** A router that a test speaks for: what is asked of each pool is what the test says, told every second as a router does. */
export class DemandSource {
  private readonly pools = new Map<string, PoolDemand>();
  private router: FakeRouter | undefined;
  private teller: NodeJS.Timeout | undefined;

  constructor(private readonly port: number) {}

  get address(): string {
    return `127.0.0.1:${String(this.port)}`;
  }

  async start(): Promise<void> {
    this.router = await FakeRouter.start(this.port);
    this.tell();
    this.teller = setInterval(() => {
      this.tell();
    }, TELL_EVERY_MS);
  }

  /** Slots that are asked of a pool from now on; a pool with 0 of them is idle since a minute. */
  demand(pool: string, slots: number, readyReplicas = 0): void {
    const asked = slots === 0 ? { idleMs: 60_000 } : { active: true, queuedSlots: slots, recent: [slots] };
    this.pools.set(pool, demandOf(pool, { readyReplicas, ...asked }));
    this.tell();
  }

  async stop(): Promise<void> {
    clearInterval(this.teller);
    await this.router?.close();
    this.router = undefined;
  }

  private tell(): void {
    this.router?.tell(...this.pools.values());
  }
}
