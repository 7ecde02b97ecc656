import { randomFillSync } from 'node:crypto';

/** Random bytes are drawn for a thousand ids at a time: a draw costs as much as making fifty ids. */
const pool = Buffer.allocUnsafe(8_192);
let used = pool.length;

/** Milliseconds of the newest id, and how many ids of that millisecond there were, from a random start on. */
let stamp = 0;
let counter = 0;

const COUNTER_LIMIT = 0xfff;
const RANDOM_BYTES = 8;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const hex = (byte: number): string => HEX[byte] ?? '';

function draw(): number {
  if (used + RANDOM_BYTES + 1 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const at = used;
  used += RANDOM_BYTES + 1;
  return at;
}

/**
 * The id of a new event or request: a UUIDv7 (RFC 9562, section 5.7), so ids sort by time. Ids of one process are in the order
 * in which they were made also within a millisecond, by a counter of 12 bits that begins at random in its lower half (section
 * 6.2, method 1); where that is used up, or the clock goes back, the next ones carry the following milliseconds.
 */
export function newEventId(nowMs = Date.now()): string {
  const at = draw();
  const byte = (offset: number): number => pool[at + offset] ?? 0;
  if (nowMs > stamp) {
    stamp = nowMs;
    counter = byte(RANDOM_BYTES) << 3;
  } else if (counter < COUNTER_LIMIT) {
    counter += 1;
  } else {
    stamp += 1;
    counter = 0;
  }
  const high = Math.floor(stamp / 0x1_0000_0000);
  const low = stamp >>> 0;
  return (
    hex((high >>> 8) & 0xff) +
    hex(high & 0xff) +
    hex(low >>> 24) +
    hex((low >>> 16) & 0xff) +
    '-' +
    hex((low >>> 8) & 0xff) +
    hex(low & 0xff) +
    '-' +
    hex(0x70 | (counter >>> 8)) +
    hex(counter & 0xff) +
    '-' +
    hex(0x80 | (byte(0) & 0x3f)) +
    hex(byte(1)) +
    '-' +
    hex(byte(2)) +
    hex(byte(3)) +
    hex(byte(4)) +
    hex(byte(5)) +
    hex(byte(6)) +
    hex(byte(7))
  );
}

const VERSION_7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7/i;

/**
 * When an id was made, in milliseconds since 1970: the first 48 bits of a UUIDv7 (RFC 9562, section 5.7).
 *
 * @returns undefined of an id of another kind
 */
export function momentOfId(id: string): number | undefined {
  const [, high, low] = VERSION_7.exec(id) ?? [];
  return high === undefined || low === undefined ? undefined : Number.parseInt(high + low, 16);
}
