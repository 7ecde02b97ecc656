// What the panels and the choices of a dashboard ask, and with what Grafana would fill in.

/** Panels of a dashboard, also those in rows that are closed. Rows themselves are left out. */
export const panelsOf = ({ panels = [] }) =>
  panels.flatMap((panel) => (panel.type === 'row' ? (panel.panels ?? []) : [panel]));

/** Every query: of which panel, its letter, and what it asks. */
export const queriesOf = (dashboard) =>
  panelsOf(dashboard).flatMap(({ title, targets = [] }) =>
    targets.map(({ refId, expr }) => ({
      panel: `${dashboard.uid} / ${title}`,
      refId,
      expr,
    })),
  );

/** The choices above the dashboard: a label of a metric each. */
export const choicesOf = ({ templating }) =>
  (templating?.list ?? []).flatMap(({ type, name, query }) => {
    const [, metric, label] = /^label_values\((\w+), (\w+)\)$/.exec(query?.query ?? '') ?? [];
    return type === 'query' ? [{ name, metric, label }] : [];
  });

/** A query as Grafana sends it, with every choice at "All". */
export const filled = (expr, { rangeSeconds, rateInterval }) =>
  expr
    .replaceAll('$__rate_interval', rateInterval)
    .replaceAll('$__range_s', String(rangeSeconds))
    .replaceAll('$__range', `${String(rangeSeconds)}s`)
    .replaceAll(/\$[a-z]+\b/g, '.*');
