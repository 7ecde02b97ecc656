// What has to hold between dashboards, rules, tests, pages and the metrics that there are. Each check gives back sentences.
import { judgeQuery } from './judge-query.mjs';
import { choicesOf, filled, panelsOf, queriesOf } from './queries.mjs';

const COLUMNS = 24;
const SOME_RANGE = { rangeSeconds: 3_600, rateInterval: '1m' };
/** What every page of an alert says. */
export const HEADINGS = ['What it means', 'How to see it', 'What to do', 'When it is over'];

/** Adds what the rules record to the metrics; the level in a name is the labels that are left. */
export function checkRecorded(recorded, metrics) {
  const problems = [];
  for (const { record, expr, labels: added = {} } of recorded) {
    const { problems: found, labels } = judgeQuery(expr, metrics);
    for (const problem of found) problems.push(`${record}: ${problem}`);
    for (const label of Object.keys(added)) labels.add(label);
    const [level, , operation] = record.split(':');
    if (operation === undefined) problems.push(`${record}: a recorded name is level:metric:operation`);
    const said = [...labels].sort().join('_');
    if (level.split('_').sort().join('_') !== said) problems.push(`${record}: its labels are ${said}`);
    metrics.set(record, { type: 'gauge', labels, isRecorded: true });
  }
  return problems;
}

const URGENCIES = new Set(['critical', 'warning']);

export function checkAlerts({ alerts, tests, pages }, metrics) {
  const problems = alerts.flatMap(({ alert, expr, labels = {}, annotations = {} }) => {
    const { problems: found, labels: available } = judgeQuery(expr, metrics);
    const wrong = [...found];
    if (!URGENCIES.has(labels.severity)) wrong.push('its severity is critical or warning');
    for (const part of ['summary', 'description'])
      if ((annotations[part] ?? '').trim() === '') wrong.push(`it has no ${part}`);
    for (const [, label] of `${annotations.summary} ${annotations.description}`.matchAll(/\$labels\.(\w+)/g))
      if (!available.has(label)) wrong.push(`its text names the label ${label}, which it does not have`);
    if (annotations.runbook_url !== `docs/runbooks/${alert}.md`) wrong.push('its runbook_url is not its page');
    if (!pages.has(alert)) wrong.push(`docs/runbooks/${alert}.md is missing`);
    if (tests.get(alert)?.fires !== true) wrong.push('no test sees it fire');
    if (tests.get(alert)?.silent !== true) wrong.push('no test sees it silent');
    return wrong.map((problem) => `${alert}: ${problem}`);
  });
  const names = new Set(alerts.map(({ alert }) => alert));
  for (const [page, text] of pages) {
    if (!names.has(page)) problems.push(`docs/runbooks/${page}.md: there is no such alert`);
    const missing = HEADINGS.filter((heading) => !text.includes(`\n## ${heading}\n`));
    if (missing.length > 0) problems.push(`docs/runbooks/${page}.md lacks: ${missing.join(', ')}`);
  }
  return problems;
}

export function checkQueries(dashboard, metrics) {
  const ofPanels = queriesOf(dashboard).flatMap(({ panel, expr }) =>
    judgeQuery(filled(expr, SOME_RANGE), metrics).problems.map((problem) => `${panel}: ${problem}`),
  );
  const ofChoices = choicesOf(dashboard).flatMap(({ name, metric, label }) =>
    judgeQuery(`max by (${label}) (${metric})`, metrics).problems.map(
      (problem) => `${dashboard.uid}, choice ${name}: ${problem}`,
    ),
  );
  const known = new Set((dashboard.templating?.list ?? []).map(({ name }) => name));
  const unknown = [...JSON.stringify(dashboard.panels).matchAll(/\$\{?([a-z]+)\b/g)]
    .map(([, name]) => name)
    .filter((name) => !known.has(name));
  return [...ofPanels, ...ofChoices, ...unknown.map((name) => `${dashboard.uid}: there is no choice $${name}`)];
}

/** Every panel says what it means, and its links lead to pages of alerts. */
export function checkPanels(dashboard, alerts) {
  return panelsOf(dashboard).flatMap(({ type, title, description, links = [] }) => {
    const name = `${dashboard.uid} / ${title}`;
    const mute = type !== 'text' && (description ?? '') === '' ? [`${name}: it does not say what it means`] : [];
    const lost = links
      .map(({ url }) => /^\$\{runbooks\}\/(\w+)\.md$/.exec(url)?.[1] ?? url)
      .filter((alert) => !alerts.has(alert));
    return [...mute, ...lost.map((alert) => `${name}: it links to ${alert}, which is no alert`)];
  });
}

const overlap = (one, other) =>
  one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h;

/** Nothing lies on anything else or hangs over the edge, ids are unique, and each line of panels fills the width. */
export function checkLayout({ uid, panels }) {
  const problems = [];
  const everything = panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
  const ids = everything.map(({ id }) => id);
  if (new Set(ids).size !== ids.length) problems.push(`${uid}: two panels have the same id`);
  for (const group of [panels, ...panels.map((panel) => panel.panels ?? [])]) {
    const at = group.map(({ gridPos, title, id }) => ({ ...gridPos, name: title || String(id) }));
    for (const [index, one] of at.entries()) {
      if (one.x < 0 || one.x + one.w > COLUMNS) problems.push(`${uid}: ${one.name} hangs over the edge`);
      for (const other of at.slice(index + 1))
        if (overlap(one, other)) problems.push(`${uid}: ${one.name} and ${other.name} lie on each other`);
    }
    for (const line of Map.groupBy(at, ({ y }) => y).values()) {
      const width = line.reduce((sum, { w }) => sum + w, 0);
      if (width !== COLUMNS) problems.push(`${uid}: the line of ${line[0].name} fills ${width} of ${COLUMNS} columns`);
    }
  }
  return problems;
}

export function checkCurrent(wanted, there, nameOf) {
  const problems = [];
  for (const [path, text] of wanted)
    if (there.get(path) !== text) problems.push(`${nameOf(path)} is not what its source renders: npm run dashboards`);
  for (const path of there.keys())
    if (!wanted.has(path)) problems.push(`${nameOf(path)} has no source: npm run dashboards`);
  return problems;
}
