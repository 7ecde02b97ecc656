import type { EventBus, EventMessage, Outbox, Subscription } from '@medserve/events';
import { GrowingTree, leafHash } from '@medserve/ledger';
import type { Checkpoint, ModelDatabase, OutboxRow } from './database';
import type { Parts } from './parts';
import type { ModelRecords } from './records';
import { Life, type Simulation } from './simulation';
import type { Watch } from './watch';

const BATCH = 5;

export interface RecorderWorld {
  readonly simulation: Simulation;
  readonly database: ModelDatabase;
  readonly records: ModelRecords;
  readonly bus: EventBus;
  readonly parts: Parts;
  readonly watch: Watch;
  /** Checkpoints that are out of the house: nothing takes them back. */
  readonly published: Checkpoint[];
}

const messageOf = ({ event, request, bytes }: OutboxRow): EventMessage => ({ id: event, key: request, bytes });

/** Root of the first `size` entries. */
export function rootOf(database: ModelDatabase, size = database.ledger.length): string {
  const tree = new GrowingTree(0, []);
  tree.append(database.ledger.slice(0, size).map(({ bytes }) => leafHash(bytes)));
  return tree.root().toString('base64');
}

/**
 * Relays, appends, sweeps, reconciles and signs. Two of them run and know nothing of each other: the seat that lets one work at a
 * time is not what correctness rests on.
 */
export class ModelRecorder {
  private life = new Life();
  private subscription: Subscription | undefined;
  private readonly freeSince = new Map<Life, number>();

  constructor(private readonly world: RecorderWorld) {
    this.restart();
  }

  crash(): void {
    this.life.isOver = true;
    void this.subscription?.close();
  }

  restart(): void {
    const life = (this.life = new Life());
    this.freeSince.clear();
    void this.world.bus
      .subscribe((messages) => this.append(messages, life))
      .then((subscription) => {
        this.subscription = subscription;
      });
    const outbox = this.outboxOf(life);
    void this.reclaim(life, (row) => row.state === 'sent').catch(() => undefined);
    this.every(8, life, () => this.world.parts.relayOnce(outbox, this.world.bus, BATCH));
    this.every(60, life, () => this.sweep(life));
    this.every(100, life, () =>
      this.reclaim(life, (row) => this.world.parts.isStale(row, this.world.simulation.nowMs)),
    );
    this.every(40, life, () => this.checkpoint(life));
  }

  private every(intervalMs: number, life: Life, work: () => Promise<unknown>): void {
    const loop = async (): Promise<void> => {
      while (!life.isOver) {
        await this.world.simulation.sleep(intervalMs, life);
        await work().catch(() => undefined);
      }
    };
    void loop();
  }

  private outboxOf(life: Life): Outbox {
    const { database, parts, simulation } = this.world;
    return {
      unsent: (limit, isWanted = () => true) =>
        database.transaction(life, false, () =>
          parts
            .unsent(
              [...database.outbox.values()].filter(({ request }) => isWanted(request)),
              limit,
            )
            .map(messageOf),
        ),
      sent: (ids) =>
        database.transaction(life, false, (transaction) => {
          for (const id of ids) {
            const row = database.outbox.get(id);
            if (row !== undefined)
              transaction.set(database.outbox, id, { ...row, state: 'sent', sentAtMs: simulation.nowMs });
          }
        }),
      reclaim: (afterMs) =>
        this.reclaim(life, (row) => row.state === 'sent' && row.sentAtMs <= simulation.nowMs - afterMs),
    };
  }

  private reclaim(life: Life, isWanted: (row: OutboxRow) => boolean): Promise<number> {
    const { database } = this.world;
    return database.transaction(life, false, (transaction) => {
      const rows = [...database.outbox.values()].filter(isWanted);
      for (const row of rows) transaction.set(database.outbox, row.event, { ...row, state: 'new' });
      return rows.length;
    });
  }

  private append(messages: readonly EventMessage[], life: Life): Promise<void> {
    const { database, parts, simulation } = this.world;
    return database.transaction(life, false, (transaction) => {
      for (const message of messages) {
        const bytes = parts.leafOf(database, message);
        if (bytes === undefined) continue;
        const request = database.outbox.get(message.id)?.request ?? message.key;
        transaction.push(database.ledger, { event: message.id, request, bytes });
        transaction.set(database.entryOf, message.id, database.ledger.length - 1);
        parts.acknowledge(transaction, database, message.id);
        simulation.trace(`append ${message.id}`);
      }
    });
  }

  private async sweep(life: Life): Promise<void> {
    const { database, records, parts, simulation, watch } = this.world;
    const { nowMs } = simulation;
    for (const row of [...database.requests.values()]) {
      if (row.status !== 'accepted') continue;
      if (row.owner.isOver && !this.freeSince.has(row.owner)) this.freeSince.set(row.owner, nowMs);
      const since = this.freeSince.get(row.owner);
      if (!parts.isAbandoned(row, nowMs, since === undefined ? undefined : nowMs - since)) continue;
      const ended = await records.finish(life, row.id, 'abandoned', `${row.id}/abandoned`);
      if (ended === 'recorded') watch.abandoned(row, nowMs);
    }
  }

  private async checkpoint(life: Life): Promise<void> {
    const { database, parts, published } = this.world;
    const checkpoint = await database.transaction(life, parts.checkpointsWaitForDisk, (transaction) => {
      const seen = { size: database.ledger.length, root: rootOf(database) };
      transaction.push(database.checkpoints, seen);
      return seen;
    });
    published.push(checkpoint);
  }
}
