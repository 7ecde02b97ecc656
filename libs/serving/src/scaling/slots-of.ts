/** A request asks for one slot at least, and for no more than this however large it is: a replica runs it as one all the same. */
const MOST_SLOTS = 8;

/**
 * Slots that a request asks for, 1 to 8: a usual one takes one, a volume takes more.
 *
 * @param costUnits as `costUnits` counts them
 * @param unitsPerSlot what one slot of the pool stands for, above 0
 */
export const slotsOf = (costUnits: number, unitsPerSlot: number): number =>
  Math.min(MOST_SLOTS, Math.max(1, costUnits / unitsPerSlot));
