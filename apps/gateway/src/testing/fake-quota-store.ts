import type { Quota } from '@medserve/serving';
import type { QuotaStore } from '../quotas/ports';

/** What several gateways share, in memory; it can be slow, fail, and lose replies after it has done what was asked. */
export class FakeQuotaStore implements QuotaStore {
  readonly counters = new Map<string, number>();
  readonly slots = new Map<string, Map<string, number>>();
  questions = 0;
  /** What becomes of a question: `lost` is not done, of `reply lost` nobody hears. */
  fate: () => 'well' | 'lost' | 'reply lost' = () => 'well';
  /** What questions wait for before they are done. */
  gate: Promise<unknown> = Promise.resolve();

  constructor(readonly quotas: Quota[]) {}

  of(tenants: readonly string[]): Promise<readonly Quota[]> {
    return this.ask(() => this.quotas.filter(({ tenant }) => tenants.includes(tenant)));
  }

  count({ tenant, client, kind, windowS }: Quota, windowStartMs: number, points: number): Promise<number> {
    const key = [tenant, client, kind, windowS, windowStartMs].join('/');
    return this.ask(() => {
      const counted = (this.counters.get(key) ?? 0) + points;
      this.counters.set(key, counted);
      return counted;
    });
  }

  hold({ tenant, client, limit }: Quota, owner: string, wanted: number): Promise<number> {
    return this.ask(() => {
      const key = `${tenant}/${client}`;
      const held = this.slots.get(key) ?? new Map<string, number>();
      const others = [...held].reduce((sum, [other, count]) => sum + (other === owner ? 0 : count), 0);
      const given = Math.min(wanted, Math.max(0, limit - others));
      this.slots.set(key, held.set(owner, given));
      return given;
    });
  }

  private async ask<T>(work: () => T): Promise<T> {
    this.questions += 1;
    const fate = this.fate();
    await this.gate;
    if (fate === 'lost') throw new Error('The connection was lost.');
    const answer = work();
    if (fate === 'reply lost') throw new Error('The connection was lost after the commit.');
    return answer;
  }
}
