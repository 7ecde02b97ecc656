import { startS } from './cold-start.mjs';

const RING = 1_024;
/** The endpoint is taken out of service first (`drain.settleMs` of the product's encoders and writers). */
const SETTLE_S = 15;
const DRAIN_S = { cpu: 25, encoder: 30, generative: 120 };

/** The replicas of one pool: ordered ones wait for a GPU, then start, serve, drain, and give the GPU back. */
export class Replicas {
  constructor({ pool, index, tickS, seed, ready }) {
    this.pool = pool;
    this.tickS = tickS;
    this.seed = [seed, 37, index];
    this.ready = ready;
    this.pending = 0;
    this.starting = 0;
    this.draining = 0;
    this.starts = 0;
    this.becoming = new Int32Array(RING);
    this.releasing = new Int32Array(RING);
    this.drainTicks = Math.ceil((SETTLE_S + Math.min(DRAIN_S[pool.kind], pool.serviceS)) / tickS);
  }

  /** Ordered so far and not taken back. */
  get wanted() {
    return this.pending + this.starting + this.ready;
  }

  turn(tick, cluster) {
    const place = tick % RING;
    if (this.becoming[place] > 0) {
      this.ready += this.becoming[place];
      this.starting -= this.becoming[place];
      this.becoming[place] = 0;
    }
    if (this.releasing[place] > 0) {
      cluster.give(this.releasing[place]);
      this.draining -= this.releasing[place];
      this.releasing[place] = 0;
    }
  }

  /** Ordered replicas get what GPUs there are. */
  place(tick, cluster) {
    const { granted, fresh } = cluster.take(this.pending);
    this.pending -= granted;
    for (let each = 0; each < granted; each += 1) this.begin(tick, each < fresh);
  }

  /** @returns replicas that serve and are to drain now */
  want(tick, count, cluster) {
    if (count >= this.wanted) {
      this.pending += count - this.wanted;
      return 0;
    }
    let excess = this.wanted - count;
    const unplaced = Math.min(excess, this.pending);
    this.pending -= unplaced;
    excess -= unplaced;
    // A ReplicaSet takes those first that are not ready; of these the ones that have longest to go.
    for (let ahead = RING - 1; ahead > 0 && excess > 0 && this.starting > 0; ahead -= 1) {
      const place = (tick + ahead) % RING;
      const taken = Math.min(excess, this.becoming[place]);
      this.becoming[place] -= taken;
      this.starting -= taken;
      excess -= taken;
      cluster.give(taken);
    }
    const drained = Math.min(excess, this.ready);
    this.ready -= drained;
    this.draining += drained;
    this.releasing[(tick + this.drainTicks) % RING] += drained;
    return drained;
  }

  /** Serving replicas that die; what replaces them starts on the same GPU, or waits for one when the node died. */
  die(tick, count, isNodeLost) {
    const dead = Math.min(count, this.ready);
    this.ready -= dead;
    if (isNodeLost) this.pending += dead;
    else for (let each = 0; each < dead; each += 1) this.begin(tick, false);
    return dead;
  }

  begin(tick, isNewNode) {
    this.starts += 1;
    const ticks = Math.ceil(startS(this.pool.kind, isNewNode, ...this.seed, this.starts) / this.tickS);
    this.becoming[(tick + Math.min(RING - 1, Math.max(1, ticks))) % RING] += 1;
    this.starting += 1;
  }
}
