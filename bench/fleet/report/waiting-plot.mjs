import { areaOf, hourGrid, line, svg, text, thinned, WIDTH } from './axes.mjs';

const LANE = 62;
const [LEFT, RIGHT, TOP] = [168, 96, 8];
/** Seconds that the lanes have a line at; they are far apart, so that the scale is one of logarithms. */
const MARKS = [10, 60];
const MOST_S = 150;
const height = (seconds) => Math.log10(1 + seconds) / Math.log10(1 + MOST_S);

/** How long the stat request waited that waited longest, minute by minute: a lane a policy. */
export function waitingPlot({ title, lanes }) {
  const x = (share) => LEFT + share * (WIDTH - RIGHT - LEFT);
  const floor = TOP + lanes.length * LANE;
  const parts = [...hourGrid(x, TOP, floor)];
  for (const [index, { label, kind, values, note }] of lanes.entries()) {
    const bottom = TOP + (index + 1) * LANE - 6;
    const y = (seconds) => bottom - Math.min(1, height(seconds)) * (LANE - 16);
    parts.push(
      ...MARKS.map(
        (mark) =>
          line(LEFT, y(mark), WIDTH - RIGHT, y(mark), 'grid') +
          (index === 0 ? text(WIDTH - RIGHT + 6, y(mark) + 4, mark === 10 ? '10 s' : '1 min') : ''),
      ),
      `<path d="${areaOf(thinned(values, 'most'), x, y, bottom)}" class="fill ${kind}"/>`,
      line(LEFT, bottom, WIDTH - RIGHT, bottom, 'base'),
      text(LEFT - 12, bottom - 20, label, 'label', 'end'),
      text(LEFT - 12, bottom - 4, note, 'axis', 'end'),
    );
  }
  return svg(floor + 28, title, parts);
}
