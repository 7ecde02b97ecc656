import { parseArgs } from 'node:util';
import { WEEKDAYS } from './day-shapes.mjs';
import { POLICIES } from './policies/index.mjs';

export const HELP = `node bench/fleet/run.mjs [options]        (or: npm run bench -- --only fleet)

Simulates a day of a hospital network's GPU pools under several ways of deciding how many replicas each pool has, and tells what
each costs and how long people wait. The decision called MedServe is the product's own code (libs/serving/src/scaling).

  --pools N          pools of the fleet (default 300)
  --gpus N           GPUs that there may be at most (default 10000)
  --day DAY          ${WEEKDAYS.join(', ')} (default monday)
  --seed N           another number is another day of the same kind (default 1)
  --tick N           seconds of a step: 1 or 2 (default 2)
  --failures X       times the usual number of failures; 0: none (default 1)
  --price X          what a GPU costs an hour, in the money of the report (default 2)
  --policies A,B     some of: ${POLICIES.map(({ name }) => name).join(', ')}
  --recorded DIR     a recorded day: DIR/pools.json and DIR/arrivals.csv
  --write-day DIR    writes the made day in that form, as an example, and ends
  --html FILE        the report as one page with plots, which needs nothing from outside
  --json FILE        everything as JSON
  --threads N        policies simulated at once (default: as many as there are cores)
  --help             this text

Examples
  node bench/fleet/run.mjs --pools 40 --gpus 1000                     # a small network, some seconds
  node bench/fleet/run.mjs --html fleet.html --json fleet.json        # the network of 10,000 GPUs
  node bench/fleet/run.mjs --day sunday --policies ours,kpa,hpa
  node bench/fleet/run.mjs --write-day mine && node bench/fleet/run.mjs --recorded mine --gpus 1000

How to read it: "in time" is the share of requests that were sent to a replica within ${'10 s (stat), 30 s (urgent), 2 min (routine)'}
or 30 min (research); those that were refused, or gave up, are late. GPU-hours are those of all nodes that were up, busy or not.
docs/fleet-simulator.md tells what the model leaves out.`;

export class UsageError extends Error {}

const numberOf = (name, text, { least, isWhole = false }) => {
  const value = Number(text);
  if (!Number.isFinite(value) || value < least || (isWhole && !Number.isInteger(value)))
    throw new UsageError(`--${name} has to be a ${isWhole ? 'whole ' : ''}number of at least ${least}, not ${text}`);
  return value;
};

/** @throws UsageError in words for the caller */
export function readOptions(argv, cores) {
  let values;
  try {
    ({ values } = parseArgs({
      args: argv,
      options: {
        pools: { type: 'string', default: '300' },
        gpus: { type: 'string', default: '10000' },
        day: { type: 'string', default: 'monday' },
        seed: { type: 'string', default: '1' },
        tick: { type: 'string', default: '2' },
        failures: { type: 'string', default: '1' },
        price: { type: 'string', default: '2' },
        policies: { type: 'string' },
        recorded: { type: 'string' },
        'write-day': { type: 'string' },
        html: { type: 'string' },
        json: { type: 'string' },
        threads: { type: 'string', default: String(cores) },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  if (!WEEKDAYS.includes(values.day))
    throw new UsageError(`--day has to be one of ${WEEKDAYS.join(', ')}, not ${values.day}`);
  if (values.tick !== '1' && values.tick !== '2') throw new UsageError(`--tick has to be 1 or 2, not ${values.tick}`);
  const known = POLICIES.map(({ name }) => name);
  const policies = values.policies?.split(',').filter((name) => name !== '') ?? known;
  const unknown = policies.filter((name) => !known.includes(name));
  if (unknown.length > 0 || policies.length === 0)
    throw new UsageError(`there is no policy ${unknown.join(', ')}; there are ${known.join(', ')}`);
  return {
    pools: numberOf('pools', values.pools, { least: 1, isWhole: true }),
    gpus: numberOf('gpus', values.gpus, { least: 8, isWhole: true }),
    seed: numberOf('seed', values.seed, { least: 0, isWhole: true }),
    tickS: Number(values.tick),
    failures: numberOf('failures', values.failures, { least: 0 }),
    price: numberOf('price', values.price, { least: 0 }),
    threads: numberOf('threads', values.threads, { least: 1, isWhole: true }),
    weekday: values.day,
    policies,
    recorded: values.recorded,
    writeDay: values['write-day'],
    html: values.html,
    json: values.json,
    help: values.help,
  };
}
