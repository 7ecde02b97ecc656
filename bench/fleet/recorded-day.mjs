import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLASSES } from './classes.mjs';

const HEADING = 'second,pool,class,count';
const MOST_PER_TICK = 65_535;

/** What is wrong with a recorded day, in words for who recorded it. */
export class RecordingError extends Error {}

const REQUIRED = ['kind', 'slots', 'serviceS', 'maxReplicas'];
const KINDS = ['cpu', 'encoder', 'generative'];

function readPool(pool, index) {
  const where = `pools[${index}]`;
  if (typeof pool?.name !== 'string' || pool.name === '') throw new RecordingError(`${where}.name is missing`);
  for (const field of REQUIRED) if (pool[field] === undefined) throw new RecordingError(`${where}.${field} is missing`);
  if (!KINDS.includes(pool.kind)) throw new RecordingError(`${where}.kind has to be one of ${KINDS.join(', ')}`);
  for (const field of ['slots', 'serviceS', 'maxReplicas'])
    if (!(pool[field] > 0)) throw new RecordingError(`${where}.${field} has to be above 0`);
  return {
    task: pool.name,
    slotsEach: 1,
    classes: [1, 1, 1, 1],
    bursts: false,
    peakReplicas: pool.maxReplicas,
    ...pool,
  };
}

function readArrivals(text, places, ticks, tickS) {
  const arrivals =
    places.size === 0
      ? []
      : Array.from({ length: places.size }, () => new Uint16Array(new SharedArrayBuffer(2 * ticks * CLASSES.length)));
  const [heading, ...lines] = text.split(/\r?\n/);
  if (heading.trim() !== HEADING) throw new RecordingError(`the first line of the arrivals has to be ${HEADING}`);
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    const where = `line ${index + 2} of the arrivals`;
    const [second, pool, className, count, ...rest] = line.split(',');
    const classIndex = CLASSES.findIndex(({ name }) => name === className);
    const tick = Math.floor(Number(second) / tickS);
    if (rest.length > 0 || count === undefined) throw new RecordingError(`${where} has to have four columns`);
    if (!places.has(pool)) throw new RecordingError(`${where} is of a pool that is not described`);
    if (classIndex < 0)
      throw new RecordingError(`${where}: the class has to be one of ${CLASSES.map(({ name }) => name).join(', ')}`);
    if (!(tick >= 0 && tick < ticks)) throw new RecordingError(`${where}: the second has to be within the day`);
    if (!(Number.isInteger(Number(count)) && Number(count) >= 0))
      throw new RecordingError(`${where}: the count has to be a whole number`);
    const into = arrivals[places.get(pool)];
    const place = tick * CLASSES.length + classIndex;
    into[place] = Math.min(MOST_PER_TICK, into[place] + Number(count));
  }
  return arrivals;
}

/**
 * A day as it was: `pools.json` (`{ "pools": [{ name, kind, slots, serviceS, maxReplicas, slotsEach?, classes?, peakReplicas?, spread? }] }`) and
 * `arrivals.csv` (`second,pool,class,count`, seconds since midnight, in any order).
 *
 * @throws RecordingError in words for who recorded it
 */
export function parseDay({ poolsText, arrivalsText, tickS, daySeconds = 86_400 }) {
  let described;
  try {
    described = JSON.parse(poolsText);
  } catch {
    throw new RecordingError('the description of the pools is not JSON');
  }
  if (!Array.isArray(described?.pools) || described.pools.length === 0)
    throw new RecordingError('the description has no list "pools"');
  const fleet = described.pools.map(readPool);
  const places = new Map(fleet.map(({ name }, index) => [name, index]));
  if (places.size < fleet.length) throw new RecordingError('two pools have the same name');
  const ticks = Math.round(daySeconds / tickS);
  return { fleet, day: { ticks, tickS, arrivals: readArrivals(arrivalsText, places, ticks, tickS) } };
}

/** @param folder with `pools.json` and `arrivals.csv` */
export const readDay = (folder, tickS) =>
  parseDay({
    poolsText: readFileSync(join(folder, 'pools.json'), 'utf8'),
    arrivalsText: readFileSync(join(folder, 'arrivals.csv'), 'utf8'),
    tickS,
  });

/** The day in the form that `readDay` reads: an example to put one's own in place of. */
export function dayText({ fleet, day }) {
  const lines = [HEADING];
  for (const [place, { name }] of fleet.entries())
    for (let tick = 0; tick < day.ticks; tick += 1)
      for (const [index, of] of CLASSES.entries()) {
        const count = day.arrivals[place][tick * CLASSES.length + index];
        if (count > 0) lines.push(`${tick * day.tickS},${name},${of.name},${count}`);
      }
  return { poolsText: `${JSON.stringify({ pools: fleet }, null, 2)}\n`, arrivalsText: `${lines.join('\n')}\n` };
}

export function writeDay(folder, made) {
  const { poolsText, arrivalsText } = dayText(made);
  writeFileSync(join(folder, 'pools.json'), poolsText);
  writeFileSync(join(folder, 'arrivals.csv'), arrivalsText);
}
