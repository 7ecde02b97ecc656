import * as common from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as HeatmapPanel } from '@grafana/grafana-foundation-sdk/heatmap';
import { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TextPanel, TextMode } from '@grafana/grafana-foundation-sdk/text';
import { PanelBuilder as TimeseriesPanel } from '@grafana/grafana-foundation-sdk/timeseries';
import { measure, place, type About, type Drawn, type Measured } from './panels';

/** One number each for what the query groups by, with the colour of its limits: read in a glance. */
export const figure = (panel: Measured): Drawn =>
  measure(
    new StatPanel()
      .colorMode(panel.limits === undefined ? common.BigValueColorMode.Value : common.BigValueColorMode.Background)
      .graphMode(common.BigValueGraphMode.None)
      .textMode(common.BigValueTextMode.Auto)
      .noValue('nothing yet'),
    panel,
    'now',
  );

export interface GraphOptions extends Measured {
  /** Parts of a whole lie on one another. */
  readonly stacked?: boolean;
}

/** Over time; where it has limits, they are lines. */
export function graph(panel: GraphOptions): Drawn {
  const builder = new TimeseriesPanel()
    .lineWidth(1)
    .fillOpacity(panel.stacked === true ? 40 : 8)
    .min(0)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending),
    );
  if (panel.stacked === true)
    builder.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A'));
  if (panel.limits !== undefined)
    builder.thresholdsStyle(
      new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed),
    );
  return measure(builder, panel, 'over time');
}

/** A distribution over time: each column what came in its interval, by bucket. */
export const heat = (panel: Measured): Drawn =>
  measure(new HeatmapPanel().calculate(false).cellGap(1).showLegend(), panel, 'over time, as buckets');

export interface Column {
  readonly name: string;
  readonly expr: string;
  readonly unit?: string;
  readonly decimals?: number;
  readonly limits?: { readonly warn: number; readonly bad: number; readonly low?: boolean };
}

export interface TableOptions extends About {
  /** Labels that the rows are named by; each query has them and no other. */
  readonly by: readonly string[];
  readonly columns: readonly Column[];
  readonly alert?: string;
}

const cellLimits = ({ warn, bad, low }: NonNullable<Column['limits']>): unknown => ({
  mode: 'absolute',
  steps: (low === true
    ? ([
        [null, 'red'],
        [bad, 'orange'],
        [warn, 'green'],
      ] as const)
    : ([
        [null, 'green'],
        [warn, 'orange'],
        [bad, 'red'],
      ] as const)
  ).map(([value, color]) => ({ value, color })),
});

/** A row for each thing, a column for each question about it: which one it is, when something is wrong. */
export function table(panel: TableOptions): Drawn {
  const { columns, by } = panel;
  const builder = new TablePanel().showHeader(true).cellHeight(common.TableCellHeight.Sm).filterable(true);
  const valueOf = (index: number): string => `Value #${String.fromCharCode(65 + index)}`;
  const names = Object.fromEntries(columns.map(({ name }, index) => [valueOf(index), name]));
  const order = [...by, ...columns.map((_, index) => valueOf(index))];
  builder.withTransformation({ id: 'merge', options: {} }).withTransformation({
    id: 'organize',
    options: {
      excludeByName: { Time: true },
      renameByName: names,
      indexByName: Object.fromEntries(order.map((field, index) => [field, index])),
    },
  });
  columns.forEach(({ name, unit, decimals, limits }) => {
    builder.overrideByName(name, [
      ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
      ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
      ...(limits === undefined
        ? []
        : [
            { id: 'thresholds', value: cellLimits(limits) },
            { id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } },
          ]),
    ]);
  });
  const queries = columns.map(({ expr }) => ({ expr }));
  return measure(builder, { ...panel, queries, unit: 'short' }, 'now, as a table');
}

/** What a reader has to know to read the panels beside it. */
export const words = (text: string, size: { readonly width: number; readonly height: number }): Drawn =>
  place(new TextPanel().mode(TextMode.Markdown).content(text).transparent(true), {
    title: '',
    about: '',
    ...size,
  });
