import { parseArgs } from 'node:util';

const RECORDS = ['on', 'off'];
const SHAPES = ['split', 'single'];

export const HELP = `npm run bench -- [options]

Measures what the platform costs beside the bare thing, in the same run on the same machine. Every figure stands beside its
baseline, with the spread over the rounds; the targets are those of the project, told as met or missed.

  --only NAME,...    these scenarios (npm run bench -- --list tells them); default: all
  --list             the scenarios, what each shows, and how long it takes
  --quick            fewer and shorter rounds: for a look, not for a figure to quote
  --rounds N         rounds of each scenario, instead of its own number
  --shape SHAPE      split (default: every service a process of its own, as in a cluster) or single
  --record on|off    only with, or only without, the durable record; default: as each scenario asks, mostly both
  --json FILE        everything as JSON: every figure, its rounds, its baseline, the machine
  --html FILE        the same as one page with plots, which needs nothing from outside
  --profile DIR      a V8 CPU profile of every process of the platform; the figures are then worse
  --help             this text

Examples
  npm run bench -- --quick --only added-latency
  npm run bench -- --html bench.html --json bench.json
  npm run bench -- --only resnet-throughput,batching --rounds 9

How to read it: the median over the rounds is the figure, the lowest and the highest round are its spread. "others" is the share
of the machine that processes beyond the bench used meanwhile; above 10 % a figure is noise. Run it on a machine with nothing
else to do. The status is 1 when a scenario failed, and 0 however many targets were missed.`;

class UsageError extends Error {}

const oneOf = (name, value, allowed) => {
  if (value !== undefined && !allowed.includes(value))
    throw new UsageError(`--${name} has to be one of ${allowed.join(', ')}, not ${value}`);
  return value;
};

/**
 * Reads the command line against the names of the scenarios.
 *
 * @throws UsageError in words for the caller
 */
export function readOptions(argv, names) {
  let values;
  try {
    ({ values } = parseArgs({
      args: argv,
      options: {
        only: { type: 'string' },
        list: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        shape: { type: 'string', default: 'split' },
        record: { type: 'string' },
        json: { type: 'string' },
        html: { type: 'string' },
        profile: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  const only = values.only?.split(',').filter((name) => name !== '') ?? names;
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new UsageError(`there is no scenario ${unknown.join(', ')}; there are ${names.join(', ')}`);
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0))
    throw new UsageError('--rounds has to be a whole number above 0');
  oneOf('shape', values.shape, SHAPES);
  const record = oneOf('record', values.record, RECORDS);
  return { ...values, only, rounds, records: record === undefined ? RECORDS : [record] };
}

readOptions.UsageError = UsageError;
