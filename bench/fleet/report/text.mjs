import { number } from '../../lib/report/format.mjs';
import { table } from '../../lib/report/text.mjs';
import { summaryOf } from '../summary.mjs';

/** Enough digits to tell 99.9 from 99.99 %. */
export const share = (value) => (Number.isFinite(value) ? `${(100 * value).toFixed(value > 0.999 ? 3 : 2)} %` : '-');

const HEADINGS = [
  '',
  'GPU-hours',
  'per 1,000 studies',
  'stat in time',
  'urgent',
  'routine',
  'research',
  'stat p99 wait',
  'cold hits',
  'starts',
  'turns/pool',
];

const rowOf = ({ title, gpuHours, costPerThousand, classes, foundNoReplica, starts, turnsAPool }) => [
  title,
  number(gpuHours),
  costPerThousand.toFixed(2),
  ...classes.map(({ inTime }) => share(inTime)),
  `${classes[0].p99S} s`,
  number(foundNoReplica),
  number(starts),
  number(turnsAPool),
];

/** The comparison as a table for a terminal. */
export function comparisonText({ options, policies }) {
  const summaries = policies.map((policy) => summaryOf(policy, options));
  const [first] = summaries;
  const asked = first.classes.reduce((total, { arrived }) => total + arrived, 0);
  const { weekday, pools, gpus, seed, failures, tickS } = options;
  const times = summaries
    .map(({ policy, tookS, cpuS }) => `${policy} ${number(tookS)} s (${number(cpuS)} s of CPU)`)
    .join(', ');
  return [
    `${weekday}, ${number(asked)} requests, ${pools} pools, at most ${number(gpus)} GPUs, seed ${seed}, steps of ${tickS} s, failures x ${failures}`,
    '',
    table([HEADINGS, ...summaries.map(rowOf)]),
    '',
    'in time: sent to a replica within 10 s (stat), 30 s (urgent), 2 min (routine), 30 min (research); refused is late.',
    'cold hits: requests that found no replica of their pool ready. turns: changes from up to down or back.',
    `simulated in ${times}`,
  ].join('\n');
}
