import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
  type Dashboard as ClassicDashboard,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DATA_SOURCE, type Drawn } from './panels';

export const COLUMNS = 24;

/* Files and ConfigMaps carry the classic form of a dashboard; its successor is for the API of newer servers. */
/* oxlint-disable typescript/no-deprecated */
export type Dashboard = ClassicDashboard;
const ClassicBuilder = DashboardBuilder;
/* oxlint-enable typescript/no-deprecated */

/** Where the pages of the alerts are served; provisioning may put another address. */
const RUNBOOKS = '/public/runbooks';

/** A choice above the dashboard: the values that a label of a metric has. */
export interface Choice {
  readonly name: string;
  readonly label: string;
  readonly metric: string;
}

export const CHOICES = {
  pool: { name: 'pool', label: 'Pool', metric: 'medserve_pool_replicas' },
  class: { name: 'class', label: 'Class', metric: 'medserve_pool_requests_total' },
  model: { name: 'model', label: 'Model', metric: 'medserve_monitor_results_total' },
  site: { name: 'site', label: 'Site', metric: 'medserve_monitor_results_total' },
} as const satisfies Record<string, Choice>;

export interface Section {
  readonly title: string;
  readonly panels: readonly Drawn[];
  /** Opened by who wants to know more; its queries are not asked before. */
  readonly closed?: boolean;
}

export interface Board {
  /** Stays the same for ever: links and bookmarks hold it. */
  readonly uid: string;
  readonly title: string;
  readonly about: string;
  readonly choices: readonly Choice[];
  /** As Grafana writes it: `now-6h`. */
  readonly from: string;
  readonly sections: readonly Section[];
}

const choiceOf = ({ name, label, metric }: Choice): QueryVariableBuilder =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATA_SOURCE)
    .query({ query: `label_values(${metric}, ${name})`, refId: name })
    .definition(`label_values(${metric}, ${name})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: 'All', value: '$__all' });

/** Panels from the left, line under line, each line as high as its highest panel. */
function placed(panels: readonly Drawn[], top: number, firstId: number) {
  let x = 0;
  let y = top;
  let lineHeight = 0;
  const drawn = panels.map((panel, index) => {
    if (x + panel.width > COLUMNS) {
      x = 0;
      y += lineHeight;
      lineHeight = 0;
    }
    const at = { x, y, w: panel.width, h: panel.height };
    x += panel.width;
    lineHeight = Math.max(lineHeight, panel.height);
    return panel.draw(firstId + index, at);
  });
  return { drawn, bottom: y + lineHeight };
}

/** The dashboard as Grafana loads it. Ids are places in the order of the source, so that a rendering changes where its source does. */
export function draw({ uid, title, about, choices, from, sections }: Board): Dashboard {
  const builder = new ClassicBuilder(title)
    .uid(uid)
    .description(about)
    .tags(['medserve'])
    .timezone('browser')
    .refresh('30s')
    .time({ from, to: 'now' })
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .link(
      new DashboardLinkBuilder('MedServe')
        .type(DashboardLinkType.Dashboards)
        .tags(['medserve'])
        .keepTime(true)
        .includeVars(true),
    )
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'));
  for (const choice of choices) builder.withVariable(choiceOf(choice));
  builder.withVariable(new TextBoxVariableBuilder('runbooks').label('Runbooks at').defaultValue(RUNBOOKS));
  let top = 0;
  let id = 1;
  for (const { title: name, panels, closed } of sections) {
    const row = new RowBuilder(name)
      .id(id)
      .collapsed(closed === true)
      .gridPos({ x: 0, y: top, w: COLUMNS, h: 1 });
    const { drawn, bottom } = placed(panels, top + 1, id + 1);
    const builders = drawn.map((panel) => ({ build: () => panel }));
    if (closed === true) for (const panel of builders) row.withPanel(panel);
    builder.withRow(row);
    if (closed !== true) for (const panel of builders) builder.withPanel(panel);
    id += panels.length + 1;
    top = closed === true ? top + 1 : bottom;
  }
  return builder.build();
}
