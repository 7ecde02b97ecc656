import { edgeOf, GrowingTree } from '@medserve/ledger';
import type { Queryable } from '../database/database';
import { readTile, type LedgerState } from './ledger-rows';

/** Logs that were written to last: a tree holds up to 8 kB a level. The others are read again when they are needed. */
const MOST = 512;

/** The right edges of logs, kept between appends. */
export class TreesAtHand {
  private readonly trees = new Map<string, GrowingTree>();

  /** @throws Error where the tiles do not lead to the root of the state */
  async at(client: Queryable, state: LedgerState): Promise<GrowingTree> {
    const { tenant, size, root } = state;
    const known = this.trees.get(tenant);
    this.trees.delete(tenant);
    const isCurrent = known?.size === size && known.root().equals(root);
    const tree = isCurrent ? known : await this.read(client, state);
    this.trees.set(tenant, tree);
    const [oldest] = this.trees.keys();
    if (this.trees.size > MOST && oldest !== undefined) this.trees.delete(oldest);
    return tree;
  }

  /** After a transaction that failed nobody knows what the trees stand for. */
  forget(): void {
    this.trees.clear();
  }

  private async read(client: Queryable, { tenant, size, root }: LedgerState): Promise<GrowingTree> {
    const edge = await Promise.all(
      edgeOf(size).map(async (place) => ({ ...place, bytes: await readTile(client, tenant, place) })),
    );
    const tree = new GrowingTree(size, edge);
    if (!tree.root().equals(root)) throw new Error('The ledger was changed: its tiles do not lead to its root.');
    return tree;
  }
}
