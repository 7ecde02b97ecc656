import type { Class } from '../classes';

/** A request to write that waits. */
export interface SlotsWanted {
  readonly class: Class;
  /** One for each answer that it wants. */
  readonly slots: number;
}

/** A request that is being answered. */
export interface SlotsHeld extends SlotsWanted {
  readonly startedAtMs: number;
  /** Whether its caller has read something of the answer, which then cannot be begun again. */
  readonly isRead: boolean;
}

export type StartDecision<H> =
  /** It starts now, in the place of those that go back into the queue; mostly there are none. */
  { readonly kind: 'start'; readonly preempt: readonly H[] } | { readonly kind: 'wait' };

const WAIT = { kind: 'wait' } as const;

/** Whether a request may have to be begun again. */
export const mayBePreempted = ({ class: name }: Pick<SlotsWanted, 'class'>): boolean => name === 'research';

/** Enough of them, those with the least work to lose first, and none that is not needed. */
function victimsAmong<H extends SlotsHeld>(held: readonly H[], missing: number): readonly H[] | undefined {
  const candidates = held
    .filter((holder) => mayBePreempted(holder) && !holder.isRead)
    .sort((a, b) => b.startedAtMs - a.startedAtMs);
  const victims: H[] = [];
  let freed = 0;
  for (const candidate of candidates) {
    if (freed >= missing) break;
    victims.push(candidate);
    freed += candidate.slots;
  }
  if (freed < missing) return undefined;
  return victims.filter(({ slots }) => {
    const isSpare = freed - slots >= missing;
    if (isSpare) freed -= slots;
    return !isSpare;
  });
}

/**
 * Whether the request at the head of the queue starts. It does as soon as its slots are free: nobody behind it passes, or one that
 * wants many would wait for ever. For `stat` research makes room where nobody has read anything of it yet: that costs work, which
 * is done again, and takes nothing from anybody's screen.
 */
export function nextStart<H extends SlotsHeld>(
  head: SlotsWanted,
  held: readonly H[],
  freeSlots: number,
): StartDecision<H> {
  if (head.slots <= freeSlots) return { kind: 'start', preempt: [] };
  if (head.class !== 'stat') return WAIT;
  const preempt = victimsAmong(held, head.slots - freeSlots);
  return preempt ? { kind: 'start', preempt } : WAIT;
}
