import { number } from '../../lib/report/format.mjs';
import { areaOf, hourGrid, line, pathOf, svg, text, thinned, ticksTo, WIDTH } from './axes.mjs';

const HEIGHT = 340;
const [LEFT, RIGHT, TOP, FLOOR] = [58, 190, 16, HEIGHT - 30];

/** Labels at the ends of lines, moved apart so that none lies on another. */
function spreadLabels(labels, gap) {
  const placed = [...labels].sort((one, other) => one.y - other.y);
  for (let index = 1; index < placed.length; index += 1)
    placed[index].y = Math.max(placed[index].y, placed[index - 1].y + gap);
  return placed;
}

/**
 * Demand as an area and lines above it over the hours of a day.
 *
 * @param area `{ label, values }` of a day
 * @param curves `{ label, kind, values }`, `kind` a class of the page's style
 */
export function dayPlot({ title, unit, area, curves, height = HEIGHT }) {
  const floor = height - (HEIGHT - FLOOR);
  const drawn = curves.map((curve) => ({ ...curve, values: thinned(curve.values) }));
  const areaValues = thinned(area.values);
  const ticks = ticksTo(Math.max(1, ...areaValues, ...drawn.flatMap(({ values }) => values)));
  const most = ticks.at(-1);
  const x = (share) => LEFT + share * (WIDTH - RIGHT - LEFT);
  const y = (value) => floor - (value / most) * (floor - TOP);
  const ends = spreadLabels(
    [...drawn, { ...area, kind: 'demand', values: areaValues }].map(({ label, kind, values }) => ({
      label,
      kind,
      from: y(values.at(-1)),
      y: y(values.at(-1)),
    })),
    16,
  );
  const lowest = Math.max(0, ends.at(-1).y - floor);
  return svg(height, title, [
    ...ticks.map(
      (tick) => line(LEFT, y(tick), WIDTH - RIGHT, y(tick)) + text(LEFT - 8, y(tick) + 4, number(tick), 'axis', 'end'),
    ),
    ...hourGrid(x, TOP, floor),
    `<path d="${areaOf(areaValues, x, y, floor)}" class="demand-area"/>`,
    ...drawn.map(
      ({ kind, values, label }) =>
        `<path d="${pathOf(values, x, y)}" class="curve ${kind}"><title>${label}</title></path>`,
    ),
    ...ends.map(
      ({ label, kind, from, y: to }) =>
        `<path d="M${WIDTH - RIGHT} ${from.toFixed(1)}L${WIDTH - RIGHT + 12} ${(to - lowest).toFixed(1)}h8" class="curve thin ${kind}"/>` +
        text(WIDTH - RIGHT + 25, to - lowest + 4, label, 'label'),
    ),
    text(LEFT + 6, TOP + 10, unit),
  ]);
}
