/** One model that holds memory in a pod. Times are milliseconds on the pod's clock. */
export interface Resident {
  readonly key: string;
  /** What its host took at most, as measured; what it is expected to take while it is being loaded. */
  readonly bytes: number;
  readonly lastUsedAtMs: number;
  /** Requests run or wait, or it is being loaded. */
  readonly busy: boolean;
  /** Stays, whoever asks. */
  readonly pinned: boolean;
}

export interface RoomLimits {
  /** Of all hosts together. */
  readonly maxResidentBytes: number;
  readonly maxHosts: number;
}

export type RoomDecision =
  /** Enough once these are gone; none: it fits as it is. */
  | { readonly kind: 'room'; readonly evict: readonly Resident[] }
  /** `passing`: another moment may be better, because a busy model is in the way. */
  | { readonly kind: 'full'; readonly limit: string; readonly passing: boolean };

const totalOf = (residents: readonly Resident[]): number => residents.reduce((sum, { bytes }) => sum + bytes, 0);

/**
 * Who makes room for one more host of `wantedBytes`: the idle models that were used longest ago, and no more of them than
 * needed. A busy model is never evicted, however urgent the request that wants in: its runs would be lost, and urgency is served by
 * the queues. Nor is a pinned one.
 */
export function makeRoom(residents: readonly Resident[], wantedBytes: number, limits: RoomLimits): RoomDecision {
  const fits = (others: readonly Resident[]): boolean =>
    others.length < limits.maxHosts && totalOf(others) + wantedBytes <= limits.maxResidentBytes;
  const evictable = residents
    .filter(({ busy, pinned }) => !busy && !pinned)
    .sort((a, b) => a.lastUsedAtMs - b.lastUsedAtMs);
  let staying = residents;
  const leaving: Resident[] = [];
  for (const resident of evictable) {
    if (fits(staying)) break;
    staying = staying.filter((other) => other !== resident);
    leaving.push(resident);
  }
  if (!fits(staying)) {
    return { kind: 'full', limit: limitHit(staying, limits), passing: fits(residents.filter(({ pinned }) => pinned)) };
  }
  // The latest to go may have been large enough alone: who was used last is spared first.
  const evict = leaving.reverse().filter((resident) => {
    const isSpared = fits([...staying, resident]);
    if (isSpared) staying = [...staying, resident];
    return !isSpared;
  });
  return { kind: 'room', evict: evict.reverse() };
}

function limitHit(staying: readonly Resident[], { maxHosts, maxResidentBytes }: RoomLimits): string {
  return staying.length >= maxHosts
    ? `model hosts: ${String(maxHosts)}`
    : `memory of all model hosts: ${String(maxResidentBytes)} bytes`;
}
