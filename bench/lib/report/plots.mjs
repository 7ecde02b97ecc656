import { timesBaseline, verdictOf } from '../figures.mjs';
import { number, quantity, targetText } from './format.mjs';

/* Plots as SVG text. Colours are classes, so that the page's light and dark style reaches into them. */

export const escape = (text) =>
  String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Ticks are round: no digits that say nothing. */
const tickText = (value) => (value >= 1000 ? number(value) : String(Number(value.toPrecision(3))));

const FAR_APART = 60;
const WIDTH = 860;
const LABELS = 250;
const RIGHT = 96;
const LANE = 38;
const TOP = 14;
const BOTTOM = 34;

/** Round steps of 1, 2 or 5 times a power of ten, from 0 or below `min` to at least `max`. */
function linearTicks(min, max) {
  const rough = (max - min) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor(min / step + 1e-9);
  const last = Math.ceil(max / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

function logTicks(min, max) {
  const first = Math.floor(Math.log10(min));
  const last = Math.ceil(Math.log10(max));
  return Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
}

/** Where a value lies between `from` and `to`; logarithmic where the values are far apart, unless they are percentages. */
function scaleOf(values, unit, from, to) {
  const above = values.filter((value) => value > 0);
  const max = above.length === 0 ? 1 : Math.max(...above);
  const least = above.length === 0 ? 1 : Math.min(...above);
  const min = Math.min(0, ...values);
  if (min === 0 && unit !== '%' && max / least > FAR_APART) {
    const ticks = logTicks(least, max);
    const [low, high] = [Math.log10(ticks[0]), Math.log10(ticks.at(-1))];
    const at = (value) => from + ((Math.log10(Math.max(value, ticks[0])) - low) / (high - low)) * (to - from);
    return { ticks, at, start: from };
  }
  const ticks = linearTicks(min, max);
  const [low, high] = [ticks[0], ticks.at(-1)];
  const at = (value) => from + ((value - low) / (high - low)) * (to - from);
  return { ticks, at, start: at(0) };
}

const text = (x, y, content, kind, anchor = 'start') =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" class="${kind}" text-anchor="${anchor}">${escape(content)}</text>`;
const line = (x1, y1, x2, y2, kind) =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" class="${kind}"/>`;

function lane(figure, y, { at, start }) {
  const { label, unit, median, min, max, rounds, target, baseline } = figure;
  const middle = y + LANE / 2;
  const parts = [text(LABELS - 12, middle + 4, label, 'label', 'end')];
  if (Number.isFinite(median)) {
    const width = Math.max(1, Math.abs(at(median) - start));
    const left = Math.min(start, at(median));
    parts.push(
      `<rect x="${left.toFixed(1)}" y="${(middle - 8).toFixed(1)}" width="${width.toFixed(1)}" height="16" rx="3" class="bar ${verdictOf(figure)}"><title>${escape(`${label}: ${quantity(median, unit)}, ${number(min)} to ${number(max)} in ${String(rounds.length)} rounds`)}</title></rect>`,
      line(at(min), middle, at(max), middle, 'whisker'),
      line(at(min), middle - 4, at(min), middle + 4, 'whisker'),
      line(at(max), middle - 4, at(max), middle + 4, 'whisker'),
    );
    for (const value of rounds)
      if (Number.isFinite(value))
        parts.push(`<circle cx="${at(value).toFixed(1)}" cy="${middle}" r="2.4" class="round"/>`);
    parts.push(text(WIDTH - RIGHT + 10, middle + 4, quantity(median, unit), 'value'));
  } else parts.push(text(start + 6, middle + 4, 'not taken', 'axis'));
  if (hasDiamond(figure)) {
    const x = at(baseline.median);
    parts.push(
      `<path d="M${x.toFixed(1)} ${middle - 7} l6 7 l-6 7 l-6 -7 z" class="baseline"><title>${escape(`${baseline.label}: ${quantity(baseline.median, baseline.unit)}`)}</title></path>`,
    );
  }
  if (target !== undefined) {
    const x = at(target.value);
    parts.push(
      `<g class="target"><title>${escape(`target ${targetText(target, unit)}`)}</title>`,
      line(x, y + 3, x, y + LANE - 3, 'target-line'),
      // The tip points to the side on which the target is met.
      `<path d="M${x.toFixed(1)} ${y + 3} l${target.kind === 'at least' ? 7 : -7} 4 l${target.kind === 'at least' ? -7 : 7} 4 z" class="target-tip"/></g>`,
    );
  }
  return parts.join('');
}

/** A baseline far below its figure is told in the table: it would take all the room of the plot. */
const FAR = 20;
const hasDiamond = (figure) => {
  const times = timesBaseline(figure);
  return times > 1 / FAR && times < FAR;
};

/** A bar to the median of each figure, its rounds as dots between whiskers, its target as a line, its baseline as a diamond. */
export function barPlot({ title, unit, figures }) {
  const height = TOP + figures.length * LANE + BOTTOM;
  const values = figures.flatMap((figure) => [
    ...figure.rounds,
    ...(figure.target === undefined ? [] : [figure.target.value]),
    ...(hasDiamond(figure) ? [figure.baseline.median] : []),
  ]);
  const scale = scaleOf(values.filter(Number.isFinite), unit, LABELS, WIDTH - RIGHT);
  const floor = TOP + figures.length * LANE;
  const grid = scale.ticks.map(
    (tick) =>
      line(scale.at(tick), TOP, scale.at(tick), floor, 'grid') +
      text(scale.at(tick), floor + 18, tickText(tick), 'axis', 'middle'),
  );
  const lanes = figures.map((figure, index) => lane(figure, TOP + index * LANE, scale));
  return (
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escape(title)}">` +
    `${grid.join('')}${lanes.join('')}${text(WIDTH - 4, floor + 18, unit, 'axis', 'end')}</svg>`
  );
}

const CURVE_HEIGHT = 300;

/** A share of 0.99 lies as far from 0.9 as that from 0: the slow end gets the room. */
const spread = (share) => -Math.log10(1 - share);

/** Curves `{ label, points: [[share, value], ...] }`: how slow the slowest are. Targets `{ share, value, label }` are rings. */
export function curvePlot({ title, unit, curves, targets = [] }) {
  const [left, right, top, floor] = [64, 200, 12, CURVE_HEIGHT - 36];
  const values = curves.flatMap(({ points }) => points.map(([, value]) => value));
  const y = scaleOf([...values, ...targets.map(({ value }) => value)], unit, floor, top);
  const lastShare = Math.max(0.9, ...curves.flatMap(({ points }) => points.map(([share]) => share)));
  const x = (share) => left + (spread(share) / spread(lastShare)) * (WIDTH - right - left);
  const shares = [0, 0.5, 0.9, 0.99, 0.999].filter((share) => share <= lastShare);
  const parts = [
    ...y.ticks.map(
      (tick) =>
        line(left, y.at(tick), WIDTH - right, y.at(tick), 'grid') +
        text(left - 8, y.at(tick) + 4, tickText(tick), 'axis', 'end'),
    ),
    ...shares.map(
      (share) =>
        line(x(share), top, x(share), floor, 'grid') +
        text(
          x(share),
          floor + 18,
          share === 0 ? 'fastest' : `p${String(Number((share * 100).toFixed(1)))}`,
          'axis',
          'middle',
        ),
    ),
    text(left + 8, top + 8, unit, 'axis'),
    ...curves.map(({ points }, index) => {
      const path = points.map(([share, value]) => `${x(share).toFixed(1)},${y.at(value).toFixed(1)}`).join(' ');
      return `<polyline points="${path}" class="curve c${index % 6}"/>`;
    }),
    ...curves.map(({ label }, index) => {
      const at = top + 10 + index * 20;
      return (
        line(WIDTH - right + 16, at, WIDTH - right + 36, at, `curve c${index % 6}`) +
        text(WIDTH - right + 42, at + 4, label, 'label')
      );
    }),
    ...targets.map(
      ({ share, value, label }) =>
        `<circle cx="${x(share).toFixed(1)}" cy="${y.at(value).toFixed(1)}" r="5" class="target-ring"><title>${escape(label)}</title></circle>`,
    ),
  ];
  return `<svg viewBox="0 0 ${WIDTH} ${CURVE_HEIGHT}" role="img" aria-label="${escape(title)}">${parts.join('')}</svg>`;
}
