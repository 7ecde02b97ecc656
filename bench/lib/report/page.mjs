import { NOISY_SHARE } from '../machine.mjs';
import { verdictOf } from '../figures.mjs';
import { number, percent } from './format.mjs';
import { barPlot, curvePlot, escape } from './plots.mjs';
import { STYLE } from './style.mjs';
import { HEADINGS, cellsOf, countVerdicts } from './text.mjs';

function tableOf({ title, figures }) {
  const rows = figures.map((figure) => ({ cells: cellsOf(figure), verdict: verdictOf(figure) }));
  const kept = HEADINGS.map((_, column) => column).filter((column) => rows.some(({ cells }) => cells[column] !== ''));
  const head = kept.map((column) => `<th scope="col">${escape(HEADINGS[column])}</th>`).join('');
  const body = rows.map(({ cells, verdict }) => {
    const columns = kept.map((column) => {
      const content = escape(cells[column]);
      if (column === 0) return `<th scope="row">${content}</th>`;
      if (HEADINGS[column] !== 'verdict' || content === '') return `<td>${content}</td>`;
      return `<td><span class="badge ${verdict}">${content}</span></td>`;
    });
    return `<tr>${columns.join('')}</tr>`;
  });
  return `<div class="scroll"><table><caption>${escape(title)}</caption><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

/** One plot an axis: figures of different units do not share one. */
function groupOf(group) {
  const units = [...new Set(group.figures.map(({ unit }) => unit))];
  const plots = units.map((unit) =>
    barPlot({ title: group.title, unit, figures: group.figures.filter((figure) => figure.unit === unit) }),
  );
  return `<figure><figcaption>${escape(group.title)}</figcaption><div class="scroll">${plots.join('')}</div>${tableOf(group)}</figure>`;
}

const curveOf = (plot) =>
  `<figure><figcaption>${escape(plot.title)}</figcaption><div class="scroll">${curvePlot(plot)}</div></figure>`;

function conditionsOf({ seconds, loadAverage, strangersShare }) {
  const isNoisy = strangersShare > NOISY_SHARE;
  const words = `${number(seconds)} s; load average ${number(loadAverage)}; other processes used ${percent(strangersShare)} of the machine`;
  return `<p class="conditions${isNoisy ? ' noisy' : ''}">${escape(words)}${isNoisy ? ': <strong>noise, not to be quoted</strong>' : ''}</p>`;
}

function sectionOf({ name, title, shows, status, reason, groups = [], curves = [], notes = [], conditions }) {
  const parts = [
    `<h2><a href="#${name}">${escape(title)}</a></h2><p class="shows">${escape(shows)}</p>`,
    status === 'measured' ? '' : `<p class="absent"><strong>${escape(status)}</strong>: ${escape(reason)}</p>`,
    ...groups.map(groupOf),
    ...curves.map(curveOf),
    ...notes.map((note) => `<p class="note">${escape(note)}</p>`),
    conditions === undefined ? '' : conditionsOf(conditions),
  ];
  return `<section id="${name}">${parts.join('')}</section>`;
}

const marks = { met: '\u2713', missed: '\u2717', unknown: '?', none: '\u00b7' };

/** The one line a scenario gets in the list at the top: a mark for each figure with a target. */
function entryOf({ name, title, status, groups = [] }) {
  const verdicts = groups
    .flatMap(({ figures }) => figures)
    .map(verdictOf)
    .filter((verdict) => verdict !== 'none');
  const shown = verdicts.map((verdict) => `<span class="mark ${verdict}" title="${verdict}">${marks[verdict]}</span>`);
  const state = status === 'measured' ? '' : `<span class="badge unknown">${escape(status)}</span>`;
  return `<li><a href="#${name}">${escape(title)}</a><span class="marks">${shown.join('')}${state}</span></li>`;
}

/** Said before any figure is seen. */
function warningOf(scenarios) {
  const noisiest = Math.max(...scenarios.map(({ conditions }) => conditions?.strangersShare ?? 0));
  if (noisiest <= NOISY_SHARE) return '';
  return `<p class="absent">Other processes used up to ${percent(noisiest)} of the machine meanwhile. Above ${percent(NOISY_SHARE)} a figure says more about them than about the platform.</p>`;
}

/** The whole run as one page that asks nothing of anybody: style and plots lie in it. */
export function htmlPage({ at, machine, options, scenarios }) {
  const { met, missed, unknown } = countVerdicts(scenarios);
  const absent = scenarios.filter(({ status }) => status !== 'measured').length;
  const tile = (count, label, kind) => `<div class="tile ${kind}"><b>${String(count)}</b><span>${label}</span></div>`;
  const facts = [
    machine.cores === machine.coresOfMachine
      ? `${machine.cores} cores`
      : `${machine.cores} of ${machine.coresOfMachine} cores`,
    machine.processor,
    `${machine.memoryGb} GB`,
    `Node ${machine.node}`,
    machine.system,
    `shape ${options.shape}`,
    ...(options.quick ? ['quick: for a look, not for a figure to quote'] : []),
    at,
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>MedServe bench</title><style>${STYLE}</style></head><body><main>
<header><h1>MedServe bench</h1><p class="facts">${facts.map((fact) => `<span>${escape(fact)}</span>`).join('')}</p>
<div class="tiles">${tile(met, 'targets met', 'met')}${tile(missed, 'targets missed', 'missed')}${tile(unknown, 'not taken', 'unknown')}${tile(absent, 'scenarios not measured', 'none')}</div>
${warningOf(scenarios)}<nav><ol>${scenarios.map(entryOf).join('')}</ol></nav>
<p class="legend"><span><i class="key met"></i>meets its target</span><span><i class="key missed"></i>misses it</span><span><i class="key none"></i>informs only</span><span><i class="key line"></i>target, its tip on the side that meets it</span><span><i class="key diamond"></i>baseline</span><span>dots and whiskers: the rounds</span></p></header>
${scenarios.map(sectionOf).join('\n')}
</main></body></html>
`;
}
