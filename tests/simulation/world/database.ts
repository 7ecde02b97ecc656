import { Disk, type Transaction } from './disk';
import { Life, type Simulation } from './simulation';

export type Status = 'accepted' | 'completed' | 'failed' | 'abandoned';

export interface RequestRow {
  readonly id: string;
  readonly key: string | undefined;
  /** The life of the gateway that works on it. */
  readonly owner: Life;
  readonly leaseUntilMs: number;
  readonly status: Status;
  readonly finalEvent?: string;
  readonly result?: string;
}

export interface OutboxRow {
  readonly position: number;
  readonly event: string;
  readonly request: string;
  readonly bytes: Buffer;
  readonly state: 'new' | 'sent';
  readonly sentAtMs: number;
}

export interface Entry {
  readonly event: string;
  readonly request: string;
  readonly bytes: Buffer;
}

export interface Checkpoint {
  readonly size: number;
  readonly root: string;
}

/** The database does not answer, or did not: whether the transaction was committed nobody knows. */
class UnavailableError extends Error {}

/** Of all transactions whose answer came, so many seem to fail although they were committed. */
const UNKNOWN_OUTCOME = 0.01;

/**
 * The tables of a platform in memory, with the unique constraints of the real ones and the crashes of a real server. A statement
 * takes time; its position in the outbox is drawn when it begins and seen when it commits.
 */
export class ModelDatabase {
  readonly requests = new Map<string, RequestRow>();
  /** UNIQUE (tenant, idempotency_key_hash). */
  readonly keys = new Map<string, string>();
  /** UNIQUE (event). */
  readonly outbox = new Map<string, OutboxRow>();
  readonly ledger: Entry[] = [];
  /** UNIQUE (event). */
  readonly entryOf = new Map<string, number>();
  readonly checkpoints: Checkpoint[] = [];
  private readonly disk = new Disk();
  private life = new Life();
  private position = 0;
  isQuiet = false;

  constructor(private readonly simulation: Simulation) {}

  nextPosition(): number {
    this.position += 1;
    return this.position;
  }

  /** kill -9 of the server: what is under way fails, and the newest commits that did not wait for the disk may be gone. */
  crash(): void {
    this.life.isOver = true;
    const lost = this.disk.crash(this.simulation.random);
    this.simulation.trace(`database dies, ${String(lost)} commits are gone`);
  }

  restart(): void {
    this.life = new Life();
  }

  get isDown(): boolean {
    return this.life.isOver;
  }

  /**
   * @param caller dies with its answer under way: then this never settles
   * @throws UnavailableError
   */
  async transaction<T>(caller: Life, isSynced: boolean, change: (transaction: Transaction) => T): Promise<T> {
    const { simulation } = this;
    const server = this.life;
    // A caller that is killed may have sent its commit before: the server does it all the same.
    const connection = new Life();
    await simulation.sleep(simulation.between(1, isSynced ? 12 : 4), connection);
    if (server.isOver || server !== this.life)
      return this.answer(caller, () => {
        throw new UnavailableError();
      });
    let outcome: () => T;
    try {
      const result = this.disk.commit(isSynced, change);
      const isUnknown = !this.isQuiet && simulation.chance(UNKNOWN_OUTCOME);
      outcome = () => {
        if (isUnknown || server.isOver) throw new UnavailableError();
        return result;
      };
    } catch (error) {
      outcome = () => {
        throw error;
      };
    }
    return this.answer(caller, outcome);
  }

  private async answer<T>(caller: Life, outcome: () => T): Promise<T> {
    await this.simulation.sleep(1, caller);
    return outcome();
  }
}
