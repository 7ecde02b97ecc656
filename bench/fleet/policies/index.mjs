import { hpa } from './hpa.mjs';
import { kpa } from './kpa.mjs';
import { oracle, peak } from './known.mjs';
import { ours, oursThroughKeda, oursWithoutCalendar } from './ours.mjs';

/**
 * A policy decides for one pool: `{ name, title, note, everyS, of(pool, context) }`; `of` gives `{ observe(nowMs, slots), decide(situation) }`,
 * and `first` where it knows what the day begins with. `context` is `{ tickS, startMs, phase, firstSlots, ideal, change }`.
 */
export const POLICIES = [ours, oursThroughKeda, oursWithoutCalendar, kpa, hpa, peak, oracle];
