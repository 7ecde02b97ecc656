import { least, median, quantile } from './statistics.mjs';

const fixed = (value, digits = 2) => (Number.isFinite(value) ? value.toFixed(digits) : '-');

/** Columns as wide as their widest cell; the first to the left, numbers to the right. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ');
  return rows.map(line).join('\n');
}

/** Over the requests of all rounds: a round alone has too few for its 99th. */
const p99Of = (rounds, pick) => quantile(rounds.flatMap(pick), 0.99);
const medianOf = (rounds, pick) => median(rounds.map(pick));
const leastOf = (rounds, pick) => least(rounds.map(pick));
const OWN = ['gateway', 'router', 'host', 'platform'];
const ROLES = ['gateway', 'router', 'host', 'agent', 'recorder', 'postgres', 'platform'];

/** The road of a request: what the target of the CPU speaks of. */
const roadMs = (cpu) => OWN.reduce((sum, role) => sum + (cpu[role] ?? 0), 0);

function latency(results) {
  const header = [
    'one at a time, ms',
    'added p50 (least)',
    'target',
    'added p99',
    'accept',
    'complete',
    'session.run',
    'total p50',
    'total p99',
  ];
  return table([
    header,
    ...results.map(({ label, targetMs, rounds }) => [
      label,
      `${fixed(medianOf(rounds, (r) => median(r.added)))} (${fixed(leastOf(rounds, (r) => median(r.added)))})`,
      targetMs === undefined ? '-' : fixed(targetMs, 1),
      fixed(p99Of(rounds, (r) => r.added)),
      fixed(medianOf(rounds, (r) => r.acceptP50Ms)),
      fixed(medianOf(rounds, (r) => r.completeP50Ms)),
      fixed(
        medianOf(rounds, (r) => r.runMs),
        3,
      ),
      fixed(medianOf(rounds, (r) => median(r.totals))),
      fixed(p99Of(rounds, (r) => r.totals)),
    ]),
  ]);
}

function cpu(results, title, pick) {
  const roles = ROLES.filter((role) =>
    results.some(({ rounds }) => rounds.some((round) => pick(round)[role] !== undefined)),
  );
  return table([
    [title, 'road (least)', ...roles, 'session.run'],
    ...results.map(({ label, rounds }) => [
      label,
      `${fixed(medianOf(rounds, (r) => roadMs(pick(r))))} (${fixed(leastOf(rounds, (r) => roadMs(pick(r))))})`,
      ...roles.map((role) => fixed(medianOf(rounds, (r) => pick(r)[role] ?? 0))),
      fixed(
        medianOf(rounds, (r) => r.runCpuMs),
        3,
      ),
    ]),
  ]);
}

function throughput(results, inFlight) {
  return table([
    [`${inFlight} in flight`, 'requests/s (best)', 'p50 ms', 'of session.run'],
    ...results.map(({ label, rounds }) => [
      label,
      `${fixed(
        medianOf(rounds, (r) => r.perSecond),
        0,
      )} (${fixed(Math.max(...rounds.map((r) => r.perSecond)), 0)})`,
      fixed(medianOf(rounds, (r) => r.togetherP50Ms)),
      `${fixed(
        medianOf(rounds, (r) => (r.perSecond * r.runMs) / 1000),
        3,
      )}x`,
    ]),
  ]);
}

/** The whole report as text: medians over the rounds, the best round in brackets. */
export function report({ results, inFlight }) {
  return [
    latency(results),
    cpu(results, 'CPU ms a request, one at a time', (round) => round.cpuAloneMs),
    cpu(results, `CPU ms a request, ${inFlight} in flight`, (round) => round.cpuTogetherMs),
    throughput(results, inFlight),
  ].join('\n\n');
}
