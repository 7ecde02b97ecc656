import { number } from '../../lib/report/format.mjs';
import { escape } from '../../lib/report/plots.mjs';
import { STYLE } from '../../lib/report/style.mjs';
import { summaryOf } from '../summary.mjs';
import { barsPlot } from './bars-plot.mjs';
import { dayPlot } from './day-plot.mjs';
import { share } from './text.mjs';
import { tradePlot } from './trade-plot.mjs';
import { waitingPlot } from './waiting-plot.mjs';

const FLEET_STYLE = `
main { max-width: 1080px; } #trade table { font-size: 12.5px; } #trade th, #trade td { padding: 5px 6px; }
svg .demand-area { fill: var(--soft); opacity: 0.22; } svg .curve { stroke-width: 1.9; } svg .curve.thin { stroke-width: 1; }
svg .demand { stroke: var(--soft); } svg .base { stroke: var(--soft); stroke-width: 1; }
svg .p-ours { stroke: var(--c0); stroke-width: 2.8; } svg .p-ours-keda { stroke: var(--c0); stroke-dasharray: 6 4; } svg .p-ours-no-calendar { stroke: var(--c0); stroke-dasharray: 1.5 3.5; }
svg .p-kpa { stroke: var(--c1); } svg .p-hpa { stroke: var(--c3); } svg .p-static { stroke: var(--c4); } svg .p-oracle { stroke: var(--c2); }
svg .thin.p-ours { stroke-width: 1.4; }
svg .fill, svg .dot { stroke: none; stroke-dasharray: none; fill-opacity: 0.85; }
svg .fill.p-ours, svg .dot.p-ours { fill: var(--c0); stroke-width: 0; } svg .fill.p-ours-keda, svg .dot.p-ours-keda { fill: color-mix(in srgb, var(--c0) 65%, var(--card)); } svg .fill.p-ours-no-calendar, svg .dot.p-ours-no-calendar { fill: color-mix(in srgb, var(--c0) 38%, var(--card)); }
svg .fill.p-kpa, svg .dot.p-kpa { fill: var(--c1); } svg .fill.p-hpa, svg .dot.p-hpa { fill: var(--c3); } svg .fill.p-static, svg .dot.p-static { fill: var(--c4); } svg .fill.p-oracle, svg .dot.p-oracle { fill: var(--c2); }
svg .lead { stroke: var(--soft); stroke-width: 1; } svg .better { fill: var(--met); font-weight: 600; }
.tile.plain { border-left-color: var(--c0); }
ul.notes { padding-left: 18px; max-width: 85ch; } ul.notes li { margin: 4px 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 12px 0 0; font-size: 14px; } dt { font-weight: 600; } dd { margin: 0; color: var(--soft); }
`;

const kindOf = ({ policy }) => `p-${policy}`;
const figureOf = (caption, plot, words = '') =>
  `<figure><figcaption>${escape(caption)}</figcaption>${words === '' ? '' : `<p class="shows">${escape(words)}</p>`}<div class="scroll">${plot}</div></figure>`;
const sectionOf = (id, title, parts) => `<section id="${id}"><h2>${escape(title)}</h2>${parts.join('')}</section>`;
/** Requests are whole. */
const count = (value) => (value < 100 ? String(Math.round(value)) : number(value));
const lateShare = ({ classes }) => 1 - classes[0].inTime;

function tilesOf(summaries) {
  const by = new Map(summaries.map((of) => [of.policy, of]));
  const [of, peak] = [by.get('ours') ?? summaries[0], by.get('static')];
  const tile = (value, words) => `<div class="tile plain"><b>${escape(value)}</b><span>${escape(words)}</span></div>`;
  return [
    tile(number(of.served), `studies answered under ${of.title}`),
    tile(share(of.classes[0].inTime), 'of stat requests sent to a replica within 10 s'),
    peak === undefined
      ? ''
      : tile(`${Math.round(100 * (1 - of.gpuHours / peak.gpuHours))} %`, 'fewer GPU-hours than capacity for the peak'),
    tile(of.costPerThousand.toFixed(2), 'per 1,000 studies'),
  ].join('');
}

function tableOf(summaries) {
  const heads = [
    '',
    'GPU-hours',
    'per 1,000 studies',
    'stat in time',
    'urgent',
    'routine',
    'research',
    'stat p99',
    'refused',
    'cold hits',
    'starts',
    'turns a pool',
  ];
  const rows = summaries.map((of) => [
    of.title,
    number(of.gpuHours),
    of.costPerThousand.toFixed(2),
    ...of.classes.map(({ inTime }) => share(inTime)),
    `${of.classes[0].p99S} s`,
    number(of.refused),
    count(of.foundNoReplica),
    count(of.starts),
    number(of.turnsAPool),
  ]);
  const cell = (content, column) =>
    column === 0 ? `<th scope="row">${escape(content)}</th>` : `<td>${escape(content)}</td>`;
  return `<div class="scroll"><table><caption>Every policy</caption><thead><tr>${heads.map((head) => `<th scope="col">${escape(head)}</th>`).join('')}</tr></thead><tbody>${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('')}</tbody></table></div>`;
}

const watchedOf = (policies) =>
  policies[0].series.watched.map(({ pool, demand }, place) => {
    const shown = policies.filter(({ policy }) => !['ours-keda', 'ours-no-calendar', 'static'].includes(policy));
    const curves = shown.map((of) => ({ label: of.title, kind: kindOf(of), values: of.series.watched[place].ready }));
    return figureOf(
      pool,
      dayPlot({
        title: pool,
        unit: 'ready replicas; demand is scaled to meet them',
        area: { label: 'demand', values: scaledTo(demand, curves[0].values) },
        curves,
        height: 240,
      }),
    );
  });

/** Demand in slots has another unit than replicas: drawn so that their means meet. */
function scaledTo(demand, replicas) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const factor = mean(demand) === 0 ? 0 : mean(replicas) / mean(demand);
  return demand.map((value) => value * factor);
}

const LEAVES_OUT = [
  'Every number about requests is made: rates, shapes of the day and service times are assumptions. What differs between policies is worth more than any number alone.',
  'Requests of one class at one pool are alike, and those that start in one step take equally long; the most urgent class goes first.',
  'Nodes are counted, not placed: free GPUs are thought to make up whole empty nodes. A real scheduler is worse, for every policy alike.',
  'A policy sees the demand of the step before, exactly. Knative and an HPA see what a scrape tells them some seconds later.',
  'A request that is lost with its replica is sent again, and waits from then on.',
];

/** The comparison as one page that asks nothing of anybody: style and plots lie in it. */
export function fleetPage({ at, options, asked, policies }) {
  const summaries = policies.map((policy) => summaryOf(policy, options));
  const { weekday, pools, gpus, seed, failures, tickS, price } = options;
  const requests = summaries[0].classes.reduce((sum, { arrived }) => sum + arrived, 0);
  const facts = [
    `${weekday}`,
    `${number(requests)} requests`,
    `${count(pools)} pools`,
    `at most ${number(gpus)} GPUs`,
    `seed ${seed}`,
    `steps of ${tickS} s`,
    `failures x ${failures}`,
    `a GPU costs ${price} an hour`,
    at,
  ];
  const lines = policies.filter(({ policy }) => policy !== 'ours-no-calendar');
  const bars = (pick, show) =>
    summaries.map((of) => ({ label: of.title, kind: kindOf(of), value: pick(of), shown: show(of) }));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>A day of the fleet</title><style>${STYLE}${FLEET_STYLE}</style></head><body><main>
<header><h1>A day of the fleet</h1><p class="facts">${facts.map((fact) => `<span>${escape(fact)}</span>`).join('')}</p><div class="tiles">${tilesOf(summaries)}</div></header>
${sectionOf('trade', 'What it costs, and who waits', [
  tradePlot({
    title: 'GPU-hours against late stat requests',
    points: summaries.map((of) => ({ label: of.title, kind: kindOf(of), cost: of.gpuHours, late: lateShare(of) })),
  }),
  tableOf(summaries),
  `<p class="shows">Classes: the share that was sent to a replica in time. Cold: requests that found no replica ready. Turns: changes of a pool from up to down or back.</p>`,
  `<dl>${summaries.map(({ title, note }) => `<dt>${escape(title)}</dt><dd>${escape(note)}</dd>`).join('')}</dl>`,
])}
${sectionOf('day', 'Demand and replicas', [
  figureOf(
    'Ready replicas of all pools',
    dayPlot({
      title: 'Ready replicas',
      unit: 'replicas',
      area: { label: 'demand at 80 %', values: asked },
      curves: lines.map((of) => ({ label: of.title, kind: kindOf(of), values: of.series.ready })),
    }),
    'The grey area is what the day asks: the replicas that would run it at 80 % of their slots if nobody ever waited.',
  ),
])}
${sectionOf('waiting', 'How long stat requests waited', [
  `<p class="shows">The one that waited longest, in every five minutes; the lines are at 10 s, where it is late, and at a minute.</p><div class="scroll">${waitingPlot({ title: 'Longest waits of stat requests', lanes: policies.map((of, index) => ({ label: of.title, kind: kindOf(of), values: of.series.statWait, note: `${count(summaries[index].classes[0].late)} late` })) })}</div>`,
])}
${sectionOf('bars', 'Side by side', [
  figureOf(
    'GPU-hours',
    barsPlot({
      title: 'GPU-hours',
      bars: bars(
        ({ gpuHours }) => gpuHours,
        ({ gpuHours }) => number(gpuHours),
      ),
    }),
  ),
  figureOf(
    'Stat requests that were late',
    barsPlot({
      title: 'Late stat requests',
      bars: bars(
        ({ classes }) => classes[0].late,
        (of) => `${count(of.classes[0].late)} (${Number((100 * lateShare(of)).toPrecision(2))} %)`,
      ),
    }),
  ),
  figureOf(
    'Replica starts',
    barsPlot({
      title: 'Replica starts',
      bars: bars(
        ({ starts }) => starts,
        ({ starts }) => count(starts),
      ),
    }),
    'Each is a GPU that loads instead of serving, and a load on registry and disks that the model does not slow down for.',
  ),
])}
${policies[0].series.watched.length === 0 ? '' : sectionOf('pools', 'Some pools from near', watchedOf(policies))}
${sectionOf('model', 'What the model leaves out', [`<ul class="notes">${LEAVES_OUT.map((note) => `<li>${escape(note)}</li>`).join('')}</ul>`])}
</main></body></html>
`;
}
