import { useEffect, useRef, useState } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useFormat } from '../i18n';
import type { Line } from './history';
import css from './pools.module.css';

export interface Series extends Line {
  readonly name: string;
  /** Place in the palette of findings. */
  readonly colour: number;
  /** Told apart without colour, too. */
  readonly dash?: readonly number[];
}

export interface ChartProps {
  readonly title: string;
  /** All at the same times. */
  readonly series: readonly Series[];
}

const HEIGHT = 180;

/** A colour of the page as a canvas takes it: what a property says depends on whether the page is light or dark. */
function colourOf(place: HTMLElement, name: string): string {
  place.style.color = `var(${name})`;
  const { color } = getComputedStyle(place);
  place.style.color = '';
  return color;
}

/** Whether the page is dark now: what is drawn on a canvas has to be drawn anew when that changes. */
function useAppearance(): string {
  const [appearance, setAppearance] = useState('');
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const look = (): void => {
      setAppearance(getComputedStyle(document.documentElement).color);
    };
    look();
    query.addEventListener('change', look);
    const watch = new MutationObserver(look);
    watch.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      query.removeEventListener('change', look);
      watch.disconnect();
    };
  }, []);
  return appearance;
}

/** Curves over time. What they show last stands in words in its legend, for who does not see them. */
export function Chart({ title, series }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const format = useFormat();
  const appearance = useAppearance();
  const shape = JSON.stringify([title, appearance, series.map(({ name, colour }) => [name, colour])]);
  const data: UPlot.AlignedData = [[...(series[0]?.times ?? [])], ...series.map(({ values }) => [...values])];
  const newest = useRef(data);
  useEffect(() => {
    newest.current = data;
    plot.current?.setData(data);
  });
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const [text, edge] = [colourOf(element, '--muted'), colourOf(element, '--edge')];
    const axis = { stroke: text, grid: { stroke: edge, width: 1 }, ticks: { stroke: edge, width: 1 } };
    const drawn = new UPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: { y: { range: (_plot, _least, most) => [0, Math.max(1, most * 1.1)] } },
        axes: [
          {
            ...axis,
            values: (_plot, seconds) => seconds.map((at) => format.clock(at * 1_000)),
            space: 90,
          },
          { ...axis, values: (_plot, values) => values.map((value) => format.number(value, 1)) },
        ],
        series: [
          {},
          ...series.map(({ name, colour, dash }) => ({
            label: name,
            stroke: colourOf(element, `--chart-${String(colour)}`),
            width: 2,
            points: { show: false },
            ...(dash === undefined ? {} : { dash: [...dash] }),
          })),
        ],
      },
      newest.current,
      element,
    );
    plot.current = drawn;
    const resized = new ResizeObserver(() => {
      drawn.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    resized.observe(element);
    return () => {
      resized.disconnect();
      drawn.destroy();
      plot.current = undefined;
    };
    // The curves themselves are set above; anew is drawn only what they look like.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [shape, format]);
  return (
    <figure className={css['chart']}>
      <figcaption>{title}</figcaption>
      <div ref={place} className={css['plot']} aria-hidden="true" />
      <ul className={css['legend']}>
        {series.map(({ name, colour, values, dash }) => (
          <li key={name}>
            <svg width="24" height="8" aria-hidden="true" className={css[`line${String(colour)}`]}>
              <line x1="0" y1="4" x2="24" y2="4" strokeWidth="3" strokeDasharray={dash?.join(' ')} />
            </svg>
            {name} <strong>{format.number(values.at(-1) ?? 0, 1)}</strong>
          </li>
        ))}
      </ul>
    </figure>
  );
}
