import type { Life } from './simulation';
import { type Simulation } from './simulation';
import type { ModelDatabase, Status } from './database';
import type { Parts } from './parts';

export type Accepted = { readonly kind: 'accepted' } | { readonly kind: 'replay'; readonly id: string };
export type Finished = 'recorded' | 'superseded';

/** Records of requests as the gateways write them: each change commits together with its event. */
export class ModelRecords {
  constructor(
    private readonly simulation: Simulation,
    private readonly database: ModelDatabase,
    private readonly parts: Parts,
  ) {}

  /** @throws UnavailableError */
  accept(gateway: Life, id: string, key: string | undefined, leaseMs: number): Promise<Accepted> {
    const { database, parts } = this;
    const position = database.nextPosition();
    return database.transaction(gateway, parts.recordsWaitForDisk, (transaction): Accepted => {
      const holder = key === undefined ? undefined : parts.holderOf(database, key);
      if (holder !== undefined) return { kind: 'replay', id: holder };
      const leaseUntilMs = this.simulation.nowMs + leaseMs;
      transaction.set(database.requests, id, { id, key, owner: gateway, leaseUntilMs, status: 'accepted' });
      if (key !== undefined) transaction.set(database.keys, key, id);
      this.tell(transaction, position, id, 'accepted');
      return { kind: 'accepted' };
    });
  }

  /** @throws UnavailableError */
  finish(who: Life, id: string, status: Status, event: string, result?: string): Promise<Finished> {
    const { database, parts } = this;
    const position = database.nextPosition();
    const isSynced = status === 'abandoned' ? false : parts.recordsWaitForDisk;
    return database.transaction(who, isSynced, (transaction): Finished => {
      const row = database.requests.get(id);
      if (row === undefined) throw new Error('a request ended that was never accepted');
      if (!parts.mayEnd(row)) return row.finalEvent === event ? 'recorded' : 'superseded';
      const ended = { ...row, status, finalEvent: event, ...(result === undefined ? {} : { result }) };
      transaction.set(database.requests, id, ended);
      if (row.key !== undefined && parts.freesKey(status)) transaction.delete(database.keys, row.key);
      this.tell(transaction, position, id, status, event, result);
      return 'recorded';
    });
  }

  private tell(
    transaction: Parameters<Parts['acknowledge']>[0],
    position: number,
    request: string,
    name: string,
    event = `${request}/${name}`,
    result = '',
  ): void {
    const bytes = Buffer.from(`${event} ${name} ${result}`);
    const row = { position, event, request, bytes, state: 'new', sentAtMs: 0 } as const;
    transaction.set(this.database.outbox, event, row);
  }
}
