import { Worker } from 'node:worker_threads';
import { idealSlots } from './ideal.mjs';
import { makeDay } from './make-day.mjs';
import { makeFleet } from './make-fleet.mjs';
import { readDay } from './recorded-day.mjs';

/** Midnight in Berlin, where the calendar of the policies lives. */
const MIDNIGHT = {
  monday: '2026-11-22T23:00:00Z',
  tuesday: '2026-11-23T23:00:00Z',
  friday: '2026-11-26T23:00:00Z',
  sunday: '2026-11-21T23:00:00Z',
};
const TARGET = 0.8;
/** More than the plan, and a little for the smallest: the quota that an operator gives a pool. */
const maxReplicasOf = ({ peakReplicas }) => Math.ceil(1.6 * peakReplicas) + 2;

/** The fleet and its day, made or read: `{ fleet, day }`. */
export function prepareDay({ recorded, pools, gpus, seed, tickS, weekday }, say) {
  if (recorded !== undefined) return readDay(recorded, tickS);
  const fleet = makeFleet({ pools, gpus, seed }).map((pool) => ({ ...pool, maxReplicas: maxReplicasOf(pool) }));
  return { fleet, day: makeDay({ fleet, weekday, seed, tickS, say }) };
}

/** The pools that the report looks at more closely: the largest of stroke hours, of writers and of those that one replica is enough for. */
function watchedOf(fleet) {
  const largest = (isIt) => {
    const [first] = fleet
      .map((pool, index) => ({ pool, index }))
      .filter(({ pool }) => isIt(pool))
      .sort((one, other) => other.pool.peakReplicas - one.pool.peakReplicas);
    return first?.index;
  };
  const chosen = [
    largest(({ bursts, peakReplicas }) => bursts && peakReplicas < 60),
    largest(({ kind, classes }) => kind === 'generative' && classes[0] > 0),
    largest(({ task, classes }) => task === 'cohort' || classes[3] > 0.9),
    largest(({ peakReplicas }) => peakReplicas < 4),
  ];
  return [...new Set(chosen.filter((index) => index !== undefined))];
}

function runInThread(job, onProgress) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.mjs', import.meta.url), { workerData: job });
    worker.on('message', ({ share, result, tookS, cpuS }) => {
      if (result === undefined) onProgress(share);
      else resolve({ ...result, tookS, cpuS });
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`a simulation ended with ${code}`)));
  });
}

/**
 * The same day under every policy that is asked for, several at once.
 *
 * @param say told what is being done
 */
export async function compare(options, say = () => undefined) {
  const { fleet, day } = prepareDay(options, say);
  const ideal = fleet.map((pool, index) => {
    if (index % 50 === 0) say(`what the day asks: pool ${index + 1} of ${fleet.length}`);
    return idealSlots({
      pool,
      index,
      seed: options.seed,
      arrivals: day.arrivals[index],
      ticks: day.ticks,
      tickS: day.tickS,
    });
  });
  const ticksAMinute = 60 / day.tickS;
  const asked = Array.from({ length: Math.ceil(day.ticks / ticksAMinute) }, (_, minute) =>
    fleet.reduce(
      (sum, { slots }, index) => sum + ideal[index][Math.min(day.ticks - 1, minute * ticksAMinute)] / (slots * TARGET),
      0,
    ),
  );
  const shares = new Map(options.policies.map((name) => [name, 0]));
  const tell = (name) => (share) => {
    shares.set(name, share);
    say([...shares].map(([policy, done]) => `${policy} ${Math.round(100 * done)} %`).join(', '));
  };
  const job = {
    fleet,
    day,
    ideal,
    seed: options.seed,
    gpus: options.gpus,
    failures: options.failures,
    startMs: Date.parse(MIDNIGHT[options.weekday]),
    watched: watchedOf(fleet),
  };
  const left = [...options.policies];
  const results = new Map();
  const work = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift())
      results.set(name, await runInThread({ ...job, policy: name }, tell(name)));
  };
  await Promise.all(Array.from({ length: Math.min(options.threads, left.length) }, work));
  return {
    options: {
      pools: fleet.length,
      gpus: options.gpus,
      seed: options.seed,
      tickS: day.tickS,
      failures: options.failures,
      price: options.price,
      weekday: options.recorded === undefined ? options.weekday : 'recorded',
    },
    asked,
    policies: options.policies.map((name) => results.get(name)),
  };
}
