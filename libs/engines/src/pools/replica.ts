import { hashText, rendezvousWeight } from '@medserve/serving';

/** `draining`: finishes what it has and takes nothing new. `gone`: does not answer. */
export type ReplicaHealth = 'serving' | 'draining' | 'gone';

/** What a server says of itself, of all its callers' requests. */
export interface ReplicaLoad {
  readonly running?: number | undefined;
  readonly waiting?: number | undefined;
  /** 0 to 1. */
  readonly cacheUsage?: number | undefined;
}

/** One server of a pool, as this process knows it now. */
export interface Replica {
  readonly url: string;
  /** Of the URL, by `hashText`. */
  readonly hash: number;
  readonly health: ReplicaHealth;
  /** Looks in a row that it did not answer. */
  readonly missed: number;
  /** Sent there from here and not answered. */
  readonly inFlight: number;
  readonly load: ReplicaLoad;
}

/** One missed look may be a lost packet; a second is a server that is not there. */
const MISSES = 2;
/** Fewer are batched for nothing, so that what requests share stays in one cache. */
const NEGLIGIBLE = 4;
/** What one server may have beyond its share before requests leave it (consistent hashing with bounded loads, 2016). */
const SLACK = 1.25;

export const newReplica = (url: string): Replica => ({
  url,
  hash: hashText(url),
  health: 'serving',
  missed: 0,
  inFlight: 0,
  load: {},
});

/** A look found it in this state; `undefined`: it did not answer. */
export function looked(replica: Replica, found: ReplicaHealth | undefined): Replica {
  if (found !== undefined) return { ...replica, health: found, missed: 0 };
  const missed = replica.missed + 1;
  return { ...replica, missed, health: missed >= MISSES ? 'gone' : replica.health, load: {} };
}

/** A request met nobody there: no look is awaited, as the next request would meet nobody either. */
export const vanished = (replica: Replica): Replica => ({ ...replica, health: 'gone', missed: MISSES, load: {} });

/** A request was told that the server takes nothing new; the next look tells whether that has passed. */
export const refused = (replica: Replica): Replica => ({ ...replica, health: 'draining' });

const burdenOf = ({ inFlight, load }: Replica): number => inFlight + (load.waiting ?? 0);

/**
 * Where a request goes: requests with the same affinity meet on one server as long as that has not much more than its share;
 * others go where the least waits.
 *
 * @param affinity hash of what requests share; `undefined`: nothing
 * @param avoided URL of the server that has just failed this request
 * @returns `undefined`: no server takes requests
 */
export function chooseReplica(
  replicas: readonly Replica[],
  affinity: number | undefined,
  avoided?: string,
): Replica | undefined {
  const able = replicas.filter(({ health, url }) => health === 'serving' && url !== avoided);
  const byLoad = (a: Replica, b: Replica) => burdenOf(a) - burdenOf(b);
  if (affinity === undefined) return able.sort(byLoad)[0];
  const total = able.reduce((sum, replica) => sum + burdenOf(replica), 0);
  const most = Math.max(NEGLIGIBLE, Math.ceil((SLACK * (total + 1)) / able.length));
  const weightOf = ({ hash }: Replica) => rendezvousWeight(affinity, hash);
  const byWeight = [...able].sort((a, b) => weightOf(b) - weightOf(a));
  return byWeight.find((replica) => burdenOf(replica) < most) ?? able.sort(byLoad)[0];
}
