import { isContested, timesBaseline, verdictOf } from '../figures.mjs';
import { NOISY_SHARE } from '../machine.mjs';
import { number, percent, quantity, range, targetText } from './format.mjs';

/** Columns as wide as their widest cell, empty ones left out; the first to the left, the others to the right. */
export function table(rows) {
  const kept = rows[0].map((_, column) => column).filter((column) => rows.slice(1).some((row) => row[column] !== ''));
  const widths = kept.map((column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) =>
    kept
      .map((column, place) => (place === 0 ? row[column].padEnd(widths[place]) : row[column].padStart(widths[place])))
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
}

const VERDICTS = { met: 'met', missed: 'MISSED', none: '', unknown: 'not taken' };

export function verdictText(figure) {
  const text = VERDICTS[verdictOf(figure)];
  return text !== '' && isContested(figure) ? `${text}, not in every round` : text;
}

/** One row of a figure: label, median, spread, target, verdict, measured, baseline, times the baseline. */
export function cellsOf(figure) {
  const { label, unit, median, target, measured, baseline } = figure;
  const times = timesBaseline(figure);
  return [
    label,
    quantity(median, unit),
    range(figure),
    targetText(target, unit),
    verdictText(figure),
    measured === undefined ? '' : quantity(measured.median, measured.unit),
    baseline === undefined ? '' : `${quantity(baseline.median, baseline.unit)} ${baseline.label}`,
    Number.isFinite(times) ? `${number(times)}x` : '',
  ];
}

export const HEADINGS = ['', 'median', 'spread', 'target', 'verdict', 'measured', 'baseline', 'of baseline'];

const conditionText = ({ seconds, loadAverage, strangersShare }) =>
  `${number(seconds)} s, load average ${number(loadAverage)}, others ${percent(strangersShare)} of the machine` +
  (strangersShare > NOISY_SHARE ? ': NOISE, not to be quoted' : '');

/** A scenario as text. */
export function scenarioText({ name, title, status, reason, groups = [], notes = [], conditions }) {
  const parts = [`== ${name}: ${title}`];
  if (status !== 'measured') parts.push(`${status}: ${reason}`);
  for (const group of groups) {
    parts.push(table([[group.title, ...HEADINGS.slice(1)], ...group.figures.map(cellsOf)]));
  }
  parts.push(...notes);
  if (conditions !== undefined) parts.push(`(${conditionText(conditions)})`);
  return parts.join('\n\n');
}

/** How many targets were met, missed and not measured, over all figures of all scenarios. */
export function countVerdicts(scenarios) {
  const counts = { met: 0, missed: 0, unknown: 0 };
  for (const { groups = [] } of scenarios) {
    for (const figure of groups.flatMap(({ figures }) => figures)) {
      const verdict = verdictOf(figure);
      if (verdict !== 'none') counts[verdict] += 1;
    }
  }
  return counts;
}
