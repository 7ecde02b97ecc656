import type { ClaimedDelivery, DeliveryKey, DeliveryStore, Failure } from '../worker/ports';

type State = 'waiting' | 'sending' | 'delivered' | 'dead';

interface Row extends DeliveryKey {
  readonly id: string;
  state: State;
  attempts: number;
  answered: number;
  nextAtMs: number;
  /** When it was first to be sent. */
  readonly sinceMs: number;
  lease: string;
  failure: Failure | undefined;
}

/** The queue in memory, on a clock that the test moves. */
export class MemoryDeliveryStore implements DeliveryStore {
  readonly rows: Row[] = [];
  private leases = 0;

  constructor(private readonly now: () => number) {}

  add(destination: string, studyUid = `1.${String(this.rows.length)}`): Row {
    const key = { tenant: 'home', studyUid, generation: 1, destination };
    const row: Row = {
      ...key,
      id: `d${String(this.rows.length)}`,
      state: 'waiting',
      attempts: 0,
      answered: 0,
      nextAtMs: this.now(),
      sinceMs: this.now(),
      lease: '',
      failure: undefined,
    };
    this.rows.push(row);
    return row;
  }

  claim({ destination }: { readonly destination: string }, limit: number): Promise<readonly ClaimedDelivery[]> {
    const due = this.rows
      .filter((row) => row.destination === destination && row.state === 'waiting' && row.nextAtMs <= this.now())
      .sort((a, b) => a.nextAtMs - b.nextAtMs);
    const claimed = due.slice(0, limit).map((row): ClaimedDelivery => {
      this.leases += 1;
      row.lease = String(this.leases);
      row.state = 'sending';
      row.attempts += 1;
      return {
        ...row,
        createdAt: new Date(row.sinceMs),
        ageMs: this.now() - row.sinceMs,
        arrived: row.failure?.arrived ?? [],
      };
    });
    return Promise.resolve(claimed);
  }

  delivered(delivery: ClaimedDelivery): Promise<boolean> {
    return this.settle(delivery, 'delivered');
  }

  retry(delivery: ClaimedDelivery, failure: Failure, inMs: number): Promise<boolean> {
    return this.settle(delivery, 'waiting', failure, inMs);
  }

  dead(delivery: ClaimedDelivery, failure: Failure): Promise<boolean> {
    return this.settle(delivery, 'dead', failure);
  }

  release(delivery: ClaimedDelivery): Promise<boolean> {
    const row = this.held(delivery);
    if (row !== undefined) row.attempts -= 1;
    return this.settle(delivery, 'waiting');
  }

  oldestSeconds(): Promise<number> {
    return Promise.resolve(0);
  }

  /** All of them have waited long enough. */
  strand(known: readonly Pick<DeliveryKey, 'tenant' | 'destination'>[]): Promise<number> {
    const stranded = this.rows.filter(
      (row) =>
        row.state === 'waiting' &&
        !known.some(({ tenant, destination }) => tenant === row.tenant && destination === row.destination),
    );
    for (const row of stranded) row.state = 'dead';
    return Promise.resolve(stranded.length);
  }

  private settle(delivery: ClaimedDelivery, state: State, failure?: Failure, inMs = 0): Promise<boolean> {
    const row = this.held(delivery);
    if (row === undefined) return Promise.resolve(false);
    if (failure?.isAnswer === true) row.answered += 1;
    Object.assign(row, { state, failure, nextAtMs: this.now() + inMs });
    return Promise.resolve(true);
  }

  private held({ id, lease }: ClaimedDelivery): Row | undefined {
    return this.rows.find((row) => row.id === id && row.lease === lease && row.state === 'sending');
  }
}
