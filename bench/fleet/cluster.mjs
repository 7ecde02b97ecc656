import { nodeS } from './cold-start.mjs';

export const GPUS_PER_NODE = 8;
/** A node that is empty this long goes (`WhenEmpty`, 10 minutes). */
const EMPTY_S = 600;
const PARTS = 10;

/**
 * The GPUs of a cluster whose nodes come and go, up to a quota. Nodes are counted, not placed: replicas are thought to be packed so
 * well that free GPUs make up whole empty nodes, which is kinder than a real scheduler, to every policy alike.
 */
export class Cluster {
  constructor({ gpus, nodes, tickS, seed }) {
    this.quota = Math.ceil(gpus / GPUS_PER_NODE);
    this.nodes = Math.min(nodes, this.quota);
    this.free = this.nodes * GPUS_PER_NODE;
    /** Of the free ones, on nodes that have no image yet. */
    this.fresh = 0;
    this.tickS = tickS;
    this.seed = seed;
    this.coming = [];
    this.ordered = 0;
    this.leastFree = new Array(PARTS).fill(0);
    this.partTicks = Math.max(1, Math.round(EMPTY_S / PARTS / tickS));
  }

  /** @returns GPUs that are there now: `{ granted, fresh }` */
  take(wanted) {
    const granted = Math.min(wanted, this.free);
    this.free -= granted;
    const part = Math.floor(this.tick / this.partTicks) % PARTS;
    this.leastFree[part] = Math.min(this.leastFree[part], this.free);
    const fresh = Math.max(0, this.fresh - this.free);
    this.fresh -= fresh;
    return { granted, fresh };
  }

  give(gpus) {
    this.free += gpus;
  }

  /** Nodes arrive and empty ones go. @param missing GPUs that were wanted and not granted in the tick before */
  step(tick, missing) {
    this.tick = tick;
    while (this.coming.length > 0 && this.coming[0] <= tick) {
      this.coming.shift();
      this.nodes += 1;
      this.free += GPUS_PER_NODE;
      this.fresh += GPUS_PER_NODE;
    }
    const short = Math.ceil(missing / GPUS_PER_NODE) - this.coming.length;
    const orders = Math.min(short, this.quota - this.nodes - this.coming.length);
    for (let order = 0; order < orders; order += 1) {
      this.coming.push(tick + Math.ceil(nodeS(this.seed, 31, this.ordered) / this.tickS));
      this.ordered += 1;
    }
    if (orders > 0) this.coming.sort((one, other) => one - other);
    this.release(tick);
  }

  release(tick) {
    const part = Math.floor(tick / this.partTicks) % PARTS;
    if (tick % this.partTicks === 0) {
      const empty = Math.floor(Math.min(...this.leastFree) / GPUS_PER_NODE);
      if (empty > 0) {
        this.nodes -= empty;
        this.free -= empty * GPUS_PER_NODE;
        this.fresh = Math.min(this.fresh, this.free);
        for (let index = 0; index < PARTS; index += 1) this.leastFree[index] -= empty * GPUS_PER_NODE;
      }
      this.leastFree[part] = this.free;
    } else this.leastFree[part] = Math.min(this.leastFree[part], this.free);
  }

  /** A node is lost with all that runs on it. @returns replicas that were lost: its GPUs that were not free */
  lose() {
    if (this.nodes === 0) return 0;
    const used = this.nodes * GPUS_PER_NODE - this.free;
    const lost = Math.min(GPUS_PER_NODE, Math.round((GPUS_PER_NODE * used) / (this.nodes * GPUS_PER_NODE)));
    this.nodes -= 1;
    this.free -= GPUS_PER_NODE - lost;
    this.fresh = Math.min(this.fresh, this.free);
    return lost;
  }
}
