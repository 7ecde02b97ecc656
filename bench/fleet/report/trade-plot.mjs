import { number } from '../../lib/report/format.mjs';
import { line, svg, text, ticksBetween, WIDTH } from './axes.mjs';

const HEIGHT = 330;
const [LEFT, RIGHT, TOP, FLOOR] = [92, 150, 18, HEIGHT - 44];

/** What a policy costs against how many are late: down and to the left is better. `points`: `{ label, kind, cost, late }`, late a share. */
export function tradePlot({ title, points }) {
  const least = Math.min(...points.map(({ late }) => Math.max(late, 1e-6)));
  const most = Math.max(...points.map(({ late }) => Math.max(late, 1e-6)));
  const [low, high] = [Math.floor(Math.log10(least) * 2 - 0.2) / 2, Math.ceil(Math.log10(most) * 2 + 0.2) / 2];
  const all = points.map(({ cost }) => cost);
  const costs = ticksBetween(0.9 * Math.min(...all), 1.04 * Math.max(...all));
  const x = (cost) => LEFT + ((cost - costs[0]) / (costs.at(-1) - costs[0])) * (WIDTH - RIGHT - LEFT);
  const y = (late) => FLOOR - ((Math.log10(Math.max(late, 1e-6)) - low) / (high - low)) * (FLOOR - TOP);
  const decades = [];
  for (let power = Math.floor(low); power <= high; power += 1)
    for (const factor of [1, 2, 5]) decades.push(factor * 10 ** power);
  const labels = [];
  // From the left: a label goes down until it lies on none of those that are placed.
  for (const point of [...points].sort((one, other) => one.late - other.late || one.cost - other.cost).reverse()) {
    const label = { ...point, at: y(point.late) };
    const isTaken = () =>
      labels.some((other) => Math.abs(other.at - label.at) < 16 && Math.abs(x(other.cost) - x(label.cost)) < 175);
    while (isTaken()) label.at += 4;
    labels.push(label);
  }
  return svg(HEIGHT, title, [
    ...decades
      .filter((late) => Math.log10(late) >= low && Math.log10(late) <= high)
      .map(
        (late) =>
          line(LEFT, y(late), WIDTH - RIGHT, y(late)) +
          text(LEFT - 8, y(late) + 4, `${Number((100 * late).toPrecision(2))} %`, 'axis', 'end'),
      ),
    ...costs.map(
      (cost) => line(x(cost), TOP, x(cost), FLOOR) + text(x(cost), FLOOR + 17, number(cost), 'axis', 'middle'),
    ),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, 'GPU-hours of the day', 'axis', 'middle'),
    text(LEFT + 6, TOP + 10, 'stat requests that were late'),
    text(LEFT + 6, FLOOR - 8, 'better', 'label better'),
    ...labels.map(
      ({ label, kind, cost, late, at }) =>
        `<circle cx="${x(cost).toFixed(1)}" cy="${y(late).toFixed(1)}" r="7" class="dot ${kind}"/>` +
        text(x(cost) + 13, at + 4, label, 'label'),
    ),
  ]);
}
