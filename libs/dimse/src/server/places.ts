import type { DimseLimits } from './limits';

/** Counts the associations that stand, all together and by calling title. */
export class Places {
  private readonly byAet = new Map<string, number>();
  private taken = 0;

  constructor(private readonly limits: Pick<DimseLimits, 'maxAssociations' | 'maxAssociationsPerAet'>) {}

  /** @returns false when there is none for this title; else `release` has to be called once */
  take(callingAet: string): boolean {
    const own = this.byAet.get(callingAet) ?? 0;
    if (this.taken >= this.limits.maxAssociations || own >= this.limits.maxAssociationsPerAet) return false;
    this.taken += 1;
    this.byAet.set(callingAet, own + 1);
    return true;
  }

  release(callingAet: string): void {
    const own = this.byAet.get(callingAet) ?? 0;
    this.taken -= 1;
    if (own > 1) this.byAet.set(callingAet, own - 1);
    else this.byAet.delete(callingAet);
  }
}
