import { line, svg, text, WIDTH } from './axes.mjs';

const LANE = 24;
const [LEFT, RIGHT, TOP] = [168, 130, 6];

/** A bar a policy. `bars`: `{ label, kind, value, shown }`; the longest takes all the room. */
export function barsPlot({ title, bars }) {
  const most = Math.max(...bars.map(({ value }) => value), 1e-9);
  const parts = bars.flatMap(({ label, kind, value, shown }, index) => {
    const top = TOP + index * LANE;
    const width = Math.max(1.5, (value / most) * (WIDTH - LEFT - RIGHT));
    return [
      text(LEFT - 12, top + 15, label, 'label', 'end'),
      `<rect x="${LEFT}" y="${top + 3}" width="${width.toFixed(1)}" height="16" rx="3" class="fill ${kind}"/>`,
      text(LEFT + width + 8, top + 15, shown, 'value'),
    ];
  });
  const floor = TOP + bars.length * LANE;
  return svg(floor + 6, title, [line(LEFT, TOP, LEFT, floor, 'base'), ...parts]);
}
