/** What a gateway holds of a quota of concurrency that all gateways share, and how much of it is in use. */
export interface Slots {
  readonly held: number;
  readonly used: number;
  /** Until when the others are taken for holding the rest, in milliseconds: so long nobody asks again. */
  readonly fullUntilMs: number;
}

export type SlotDecision =
  | { readonly kind: 'taken'; readonly slots: Slots }
  /** More slots have to be held first. */
  | { readonly kind: 'short' }
  | { readonly kind: 'full'; readonly retryAfterMs: number };

export const NO_SLOTS: Slots = { held: 0, used: 0, fullUntilMs: -Infinity };

/** A gateway keeps so large a part of the limit beside what it uses, so that a busy client costs no question a request. */
const SPARE_PART = 8;
/** A refusal is believed for so long: a flood of refused requests asks four times a second. */
const BELIEVE_FULL_MS = 250;

const spareOf = (limit: number): number => Math.floor(limit / SPARE_PART);

export function takeSlot(slots: Slots, limit: number, nowMs: number): SlotDecision {
  if (slots.used < Math.min(slots.held, limit)) return { kind: 'taken', slots: { ...slots, used: slots.used + 1 } };
  if (slots.used >= limit || nowMs < slots.fullUntilMs) return { kind: 'full', retryAfterMs: BELIEVE_FULL_MS };
  return { kind: 'short' };
}

export const leaveSlot = (slots: Slots): Slots => ({ ...slots, used: slots.used - 1 });

/** How many to hold from now on. @param waiting requests that wait for a slot */
export function wantedSlots({ used }: Slots, limit: number, waiting: number): number {
  return Math.min(limit, used + waiting + (used + waiting === 0 ? 0 : spareOf(limit)));
}

/**
 * Whether what is held should be made less, so that other gateways find it. Asked now and then and not at every end: what comes
 * and goes within a second is no reason to write.
 */
export const hasIdleSlots = (slots: Slots, limit: number): boolean => slots.held > wantedSlots(slots, limit, 0);

/**
 * What others left. Where all that was asked for was given, nothing says that they hold the rest: not where idle slots were given back,
 * either.
 *
 * @param held that the store has put down for this gateway @param wanted that it was asked for
 */
export function heldSlots(slots: Slots, held: number, wanted: number, nowMs: number): Slots {
  const isFull = held < wanted && held <= slots.used;
  return { ...slots, held, fullUntilMs: isFull ? nowMs + BELIEVE_FULL_MS : slots.fullUntilMs };
}
