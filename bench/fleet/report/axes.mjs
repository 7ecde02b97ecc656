import { escape } from '../../lib/report/plots.mjs';

export const WIDTH = 900;
export const at = (value) => value.toFixed(1);
export const text = (x, y, content, kind = 'axis', anchor = 'start') =>
  `<text x="${at(x)}" y="${at(y)}" class="${kind}" text-anchor="${anchor}">${escape(content)}</text>`;
export const line = (x1, y1, x2, y2, kind = 'grid') =>
  `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" class="${kind}"/>`;
export const svg = (height, title, parts) =>
  `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escape(title)}">${parts.join('')}</svg>`;

/** Round steps of 1, 2 or 5 times a power of ten, from `least` or below it to at least `most`. */
export function ticksBetween(least, most, about = 5) {
  const rough = Math.max(most - least, 1e-9) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor(least / step + 1e-9);
  return Array.from({ length: Math.ceil(most / step - 1e-9) - first + 1 }, (_, index) => (first + index) * step);
}
export const ticksTo = (most) => ticksBetween(0, most, 4);

/** Means of five minutes: as fine as the page can show, and a page of a size to send. */
export function thinned(values, pick = 'mean', length = 5) {
  return Array.from({ length: Math.ceil(values.length / length) }, (_, index) => {
    const part = values.slice(index * length, (index + 1) * length);
    return pick === 'most' ? Math.max(...part) : part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

export const hourGrid = (x, top, floor, every = 3) =>
  Array.from({ length: Math.floor(24 / every) + 1 }, (_, index) => {
    const hour = index * every;
    return (
      line(x(hour / 24), top, x(hour / 24), floor) +
      text(x(hour / 24), floor + 16, `${String(hour).padStart(2, '0')}:00`, 'axis', 'middle')
    );
  });

export const pathOf = (values, x, y) =>
  values
    .map((value, index) => `${index === 0 ? 'M' : 'L'}${at(x(index / Math.max(1, values.length - 1)))} ${at(y(value))}`)
    .join('');
export const areaOf = (values, x, y, floor) =>
  `${pathOf(values, x, y)}L${at(x(1))} ${at(floor)}L${at(x(0))} ${at(floor)}Z`;
