import type { GridPos, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type Threshold,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';

/** What a panel asks. `legend` names each series by its labels, as in `{{pool}}`. */
export interface Query {
  readonly expr: string;
  readonly legend?: string;
  /** Points lead to the traces of requests that made them; of buckets as they are scraped, not of recorded series. */
  readonly exemplars?: boolean;
}

/** What every panel says of itself. */
export interface About {
  readonly title: string;
  /** What it means and what to do about it, for who points at the panel's corner. */
  readonly about: string;
  /** Of the 24 columns of the grid. */
  readonly width: number;
  readonly height: number;
}

export interface Measured extends About {
  readonly queries: readonly Query[];
  /** A unit of Grafana's own list (`@grafana/grafana-foundation-sdk/units`). */
  readonly unit: string;
  readonly decimals?: number;
  /** From which value on it is a warning, and from which one it is bad. With `low`, below which. */
  readonly limits?: { readonly warn: number; readonly bad: number; readonly low?: boolean };
  /** The alert that watches the same thing: its page is linked. */
  readonly alert?: string;
}

/** A panel that knows its size, and not yet its place. */
export interface Drawn {
  readonly width: number;
  readonly height: number;
  draw(id: number, at: GridPos): Panel;
}

/** What the builders of all kinds of panels have in common. */
interface Builder {
  id(id: number): this;
  gridPos(at: GridPos): this;
  title(title: string): this;
  description(text: string): this;
  build(): Panel;
}

interface MeasuringBuilder extends Builder {
  datasource(reference: { type: string; uid: string }): this;
  unit(unit: string): this;
  decimals(decimals: number): this;
  thresholds(steps: ThresholdsConfigBuilder): this;
  links(links: DashboardLinkBuilder[]): this;
  withTarget(target: DataqueryBuilder): this;
}

/** The Prometheus that whoever looks has chosen. */
export const DATA_SOURCE = { type: 'prometheus', uid: '${datasource}' };

const GOOD = 'green';
const WARNING = 'orange';
const BAD = 'red';

function stepsOf(limits: Measured['limits']): Threshold[] {
  if (limits === undefined) return [{ value: null, color: 'blue' }];
  const { warn, bad, low } = limits;
  if (low === true)
    return [
      { value: null, color: BAD },
      { value: bad, color: WARNING },
      { value: warn, color: GOOD },
    ];
  return [
    { value: null, color: GOOD },
    { value: warn, color: WARNING },
    { value: bad, color: BAD },
  ];
}

export const runbookOf = (alert: string): string => `\${runbooks}/${alert}.md`;

export const linkTo = (title: string, url: string): DashboardLinkBuilder =>
  new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url).targetBlank(true);

/** A series of points over time for graphs; the last point alone for figures and tables. */
export type Asks = 'over time' | 'now' | 'now, as a table' | 'over time, as buckets';

function queryOf({ expr, legend, exemplars }: Query, index: number, asks: Asks): DataqueryBuilder {
  const query = new DataqueryBuilder()
    .refId(String.fromCharCode(65 + index))
    .datasource(DATA_SOURCE)
    .expr(expr)
    .legendFormat(legend ?? '')
    .exemplar(exemplars === true);
  switch (asks) {
    case 'over time':
      return query.range().format(PromQueryFormat.TimeSeries);
    case 'now':
      return query.instant().format(PromQueryFormat.TimeSeries);
    case 'now, as a table':
      return query.instant().format(PromQueryFormat.Table);
    case 'over time, as buckets':
      return query.range().format(PromQueryFormat.Heatmap);
  }
}

export const place = (builder: Builder, { title, about, width, height }: About): Drawn => ({
  width,
  height,
  draw: (id, at) => builder.id(id).gridPos(at).title(title).description(about).build(),
});

export function measure(builder: MeasuringBuilder, panel: Measured, asks: Asks): Drawn {
  const { queries, unit, limits, decimals, alert } = panel;
  builder
    .datasource(DATA_SOURCE)
    .unit(unit)
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(stepsOf(limits)));
  if (decimals !== undefined) builder.decimals(decimals);
  if (alert !== undefined) builder.links([linkTo(`What to do: ${alert}`, runbookOf(alert))]);
  queries.forEach((query, index) => builder.withTarget(queryOf(query, index, asks)));
  return place(builder, panel);
}
