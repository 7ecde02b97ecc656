import {
  checkAlerts,
  checkCurrent,
  checkLayout,
  checkPanels,
  checkQueries,
  checkRecorded,
  HEADINGS,
} from './checks.mjs';
import { judgeQuery } from './judge-query.mjs';
import { parsePromql } from './promql.mjs';
import { choicesOf, filled, panelsOf, queriesOf } from './queries.mjs';

const metric = (type: string, ...labels: string[]) => ({ type, labels: new Set(labels) });
const METRICS = new Map([
  ['requests_total', metric('counter', 'pool', 'class', 'outcome')],
  ['wait_seconds_bucket', metric('histogram', 'pool', 'le')],
  ['replicas', metric('gauge', 'pool', 'state')],
  ['desired', metric('gauge', 'pool')],
  ['ends_seconds', metric('gauge', 'certificate')],
]);

describe('the reader of PromQL', () => {
  it('binds as Prometheus does: times before plus, comparisons before "and", "and" before "or"', () => {
    expect(parsePromql('a + b * c > 1 and d or e')).toMatchObject({
      op: 'or',
      left: {
        op: 'and',
        left: { op: '>', left: { op: '+', right: { op: '*' } } },
      },
    });
  });

  it('reads ranges, subqueries, offsets, and groupings before and after what they group', () => {
    expect(parsePromql('max_over_time(sum by (pool) (rate(requests_total[5m]))[1h:1m])')).toMatchObject({
      kind: 'call',
      args: [{ kind: 'aggregate', labels: ['pool'], args: [{ name: 'rate', args: [{ range: true }] }] }],
    });
    expect(parsePromql('sum(a offset 10m) without (pool)')).toMatchObject({ by: false, labels: ['pool'] });
    expect(parsePromql('a / on (pool) group_left (state) b')).toMatchObject({ op: '/', on: true, labels: ['pool'] });
  });

  it.each(['sum(a', 'a b', 'a{pool=}', '', 'a @@ b', '* a'])('refuses what is none: %j', (text) => {
    expect(() => parsePromql(text)).toThrow(SyntaxError);
  });
});

describe('the judge of queries', () => {
  const problemsOf = (expr: string): string[] => judgeQuery(expr, METRICS).problems;

  it.each([
    'sum by (pool) (rate(requests_total{outcome="failed", instance="a"}[5m]))',
    'histogram_quantile(0.95, sum by (pool, le) (rate(wait_seconds_bucket[5m])))',
    'desired > on (pool) replicas{state="ready"}',
    'min by (certificate) (ends_seconds) - time() < 14 * 86400',
    'count(replicas > 0) or vector(0)',
    'topk(3, sum by (class) (rate(requests_total[1h])))',
  ])('has nothing against %s', (expr) => {
    expect(problemsOf(expr)).toEqual([]);
  });

  it.each([
    ['request_total', 'there is no metric request_total'],
    ['replicas{pod="a"}', 'replicas: there is no label "pod"'],
    ['sum by (model) (desired)', 'sum: there is no label "model"'],
    ['sum by (pool) (sum(desired))', 'sum: there is no label "pool"'],
    ['rate(desired[5m])', 'rate of desired, which does not count'],
    [
      'histogram_quantile(0.5, sum by (pool) (rate(wait_seconds_bucket[5m])))',
      'histogram_quantile: there is no label "le"',
    ],
    ['sum by (pool) (desired) / sum by (pool, state) (replicas)', '/ never matches: {pool} and {pool, state}'],
    ['desired > on (state) replicas', '>: there is no label "state"'],
  ])('says what is wrong with %s', (expr, problem) => {
    expect(problemsOf(expr)).toEqual([expect.stringContaining(problem)]);
  });

  it('knows what an answer is told apart by', () => {
    const labelsOf = (expr: string): string[] => [...judgeQuery(expr, METRICS).labels];
    expect(labelsOf('sum by (pool, class) (rate(requests_total[5m]))')).toEqual(['pool', 'class']);
    expect(labelsOf('sum(desired)')).toEqual([]);
    expect(labelsOf('sum without (outcome, job, instance, class) (requests_total)')).toEqual(['pool']);
  });
});

describe('the check of rules', () => {
  it('lets a recorded series be used, and holds its name to the labels that it has', () => {
    const metrics = new Map(METRICS);
    const good = { record: 'pool:requests:rate5m', expr: 'sum by (pool) (rate(requests_total[5m]))' };
    const bad = { record: 'class:requests:sum', expr: 'sum by (pool) (pool:requests:rate5m)' };
    expect(checkRecorded([good], metrics)).toEqual([]);
    expect(checkRecorded([bad], metrics)).toEqual(['class:requests:sum: its labels are pool']);
    expect(checkRecorded([{ record: 'requests', expr: 'sum(desired)' }], metrics)[0]).toContain(
      'level:metric:operation',
    );
  });

  const page = `# Bad\n${HEADINGS.map((heading: string) => `\n## ${heading}\n\nText.\n`).join('')}`;
  const alert = {
    alert: 'Bad',
    expr: 'sum by (pool) (desired) > 3',
    labels: { severity: 'critical' },
    annotations: {
      summary: 'Too many of {{ $labels.pool }}',
      description: 'There are too many.',
      runbook_url: 'docs/runbooks/Bad.md',
    },
  };
  const all = {
    alerts: [alert],
    tests: new Map([['Bad', { fires: true, silent: true }]]),
    pages: new Map([['Bad', page]]),
  };

  it('has nothing against an alert with a page, tests of both kinds, and texts that name its labels', () => {
    expect(checkAlerts(all, METRICS)).toEqual([]);
  });

  it.each([
    ['no page', { pages: new Map() }, 'Bad: docs/runbooks/Bad.md is missing'],
    [
      'a page of no alert',
      { pages: new Map([...all.pages, ['Old', page]]) },
      'docs/runbooks/Old.md: there is no such alert',
    ],
    ['half a page', { pages: new Map([['Bad', '# Bad\n\n## What it means\n\nText.\n']]) }, 'lacks: How to see it'],
    [
      'no test of silence',
      { tests: new Map([['Bad', { fires: true, silent: false }]]) },
      'Bad: no test sees it silent',
    ],
    ['no test', { tests: new Map() }, 'Bad: no test sees it fire'],
    [
      'another urgency',
      { alerts: [{ ...alert, labels: { severity: 'page' } }] },
      'its severity is critical or warning',
    ],
    [
      'a label in its text that it has not',
      { alerts: [{ ...alert, annotations: { ...alert.annotations, summary: 'At {{ $labels.site }}' } }] },
      'its text names the label site',
    ],
    [
      'no description',
      { alerts: [{ ...alert, annotations: { ...alert.annotations, description: ' ' } }] },
      'it has no description',
    ],
  ])('finds an alert with %s', (_, change, problem) => {
    expect(checkAlerts({ ...all, ...change }, METRICS)).toContainEqual(expect.stringContaining(problem));
  });
});

describe('the check of dashboards', () => {
  const panel = (id: number, x: number, w: number, rest: object = {}) => ({
    id,
    type: 'timeseries',
    title: `panel ${id}`,
    description: 'What it means.',
    gridPos: { x, y: 1, w, h: 8 },
    targets: [{ refId: 'A', expr: 'sum by (pool) (desired{pool=~"$pool"})', range: true }],
    ...rest,
  });
  const row = { id: 1, type: 'row', title: 'row', gridPos: { x: 0, y: 0, w: 24, h: 1 }, panels: [] as object[] };
  const board = (...panels: object[]) => ({
    uid: 'board',
    panels: [row, ...panels],
    templating: { list: [{ type: 'query', name: 'pool', query: { query: 'label_values(desired, pool)' } }] },
  });

  it('has nothing against panels side by side that say what they mean', () => {
    const good = board(panel(2, 0, 12), panel(3, 12, 12));
    expect([...checkLayout(good), ...checkPanels(good, new Set()), ...checkQueries(good, METRICS)]).toEqual([]);
  });

  it.each([
    ['that lie on each other', [panel(2, 0, 12), panel(3, 6, 12)], 'lie on each other'],
    ['that hang over the edge', [panel(2, 0, 12), panel(3, 12, 13)], 'hangs over the edge'],
    ['with one id', [panel(2, 0, 12), panel(2, 12, 12)], 'the same id'],
    ['that leave a hole', [panel(2, 0, 12)], 'fills 12 of 24 columns'],
  ])('finds panels %s', (_, panels, problem) => {
    expect(checkLayout(board(...panels))).toContainEqual(expect.stringContaining(problem));
  });

  it('looks into rows that are closed', () => {
    const closed = { ...board(), panels: [{ ...row, panels: [panel(2, 0, 12), panel(3, 6, 18)] }] };
    expect(checkLayout(closed)).toContainEqual(expect.stringContaining('lie on each other'));
    expect(panelsOf(closed)).toHaveLength(2);
    expect(queriesOf(closed)).toMatchObject([{ panel: 'board / panel 2', refId: 'A' }, {}]);
  });

  it('finds panels that say nothing of themselves, links that lead nowhere, choices that are none', () => {
    const bad = panel(2, 0, 24, { description: '', links: [{ url: '${runbooks}/Gone.md' }] });
    expect(checkPanels(board(bad), new Set(['Bad']))).toEqual([
      'board / panel 2: it does not say what it means',
      'board / panel 2: it links to Gone, which is no alert',
    ]);
    const asks = panel(2, 0, 24, { targets: [{ refId: 'A', expr: 'desired{pool=~"$site"}' }] });
    expect(checkQueries(board(asks), METRICS)).toEqual(['board: there is no choice $site']);
  });

  it('finds a rendering that is not what its source says, and one without a source', () => {
    const wanted = new Map([['a.json', '{}']]);
    const nameOf = (path: string) => path;
    expect(checkCurrent(wanted, new Map([['a.json', '{}']]), nameOf)).toEqual([]);
    expect(
      checkCurrent(
        wanted,
        new Map([
          ['a.json', '[]'],
          ['b.json', ''],
        ]),
        nameOf,
      ),
    ).toHaveLength(2);
  });

  it('fills choices and ranges in as Grafana does', () => {
    const range = { rangeSeconds: 600, rateInterval: '15s' };
    expect(filled('a{pool=~"$pool"}[$__rate_interval] b[$__range:] $__range_s', range)).toBe(
      'a{pool=~".*"}[15s] b[600s:] 600',
    );
    expect(choicesOf(board())).toEqual([{ name: 'pool', metric: 'desired', label: 'pool' }]);
  });
});
