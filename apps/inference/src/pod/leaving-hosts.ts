import type { Resident } from '@medserve/serving';
import type { RunningHost } from './running-host';

/** Hosts that take nothing new and end what they have begun. Their memory is not free before they have ended. */
export class LeavingHosts {
  private readonly hosts = new Set<RunningHost>();

  /** Resident memory of all of them, in bytes. */
  get heldBytes(): number {
    return [...this.hosts].reduce((sum, { host }) => sum + host.residentBytes, 0);
  }

  residents(key: string): Resident[] {
    return [...this.hosts].map((leaving) => ({ ...leaving.resident(key, 0, false), busy: true }));
  }

  /** Counts the host until its process has ended; resolves then. */
  async add(leaving: RunningHost): Promise<void> {
    this.hosts.add(leaving);
    await leaving.host.exited;
    this.hosts.delete(leaving);
  }

  /** Resolves when all of them have ended. */
  async ended(): Promise<void> {
    await Promise.all([...this.hosts].map(({ host }) => host.exited));
  }

  /** Resolves when all of them have ended, for which they have no more than the grace. */
  async close(graceMs: number): Promise<void> {
    const cut = setTimeout(() => {
      for (const { host } of this.hosts) host.kill();
    }, graceMs);
    await this.ended();
    clearTimeout(cut);
  }
}

/** A host that has not heard by then that it is to leave is stuck, and begins nothing anyway; in milliseconds. */
const HEARS_WITHIN_MS = 2_000;

/** Resolves when a host that was told to leave begins nothing new. */
export async function turnsAway({ host }: RunningHost): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, HEARS_WITHIN_MS);
  });
  await Promise.race([host.turnsAway, late]);
  clearTimeout(timer);
}
