// The page of all metrics, from their declarations.
import { metricRowOf } from './checks.mjs';
import { laidOut } from './laid-out.mjs';

/** In the order of the page: each group by how its names begin, the first that fits. */
const GROUPS = [
  ['Pools, as the routers see them', /^medserve_pool_/],
  ['Scaler', /^medserve_scaler_/],
  ['Monitor', /^medserve_monitor_/],
  ['DICOM node and archive', /^medserve_(dimse|dicom|archive)_/],
  ['Studies and deliveries', /^medserve_(studies|study|deliver)/],
  ['Models that write', /^medserve_writing_/],
  ['Router', /^medserve_router_/],
  ['Model hosts and the memory they take', /^medserve_model/],
  ['Outbox and ledger', /^medserve_(outbox|ledger|transport)_/],
  ['Quotas and usage', /^medserve_(quota|usage)_/],
  ['Traces', /^medserve_spans_/],
  ['As Triton names them', /^nv_/],
  ['Gateway', /^medserve_/],
];

const groupOf = ({ name }) => GROUPS.find(([, begins]) => begins.test(name))?.[0];

const INTRODUCTION = `# Metrics

Every metric that the platform declares. This page is written by \`node tools/docs-check.mjs --metrics\` from the declarations in
\`libs/runtime/src/telemetry/metrics\`, one file for each part of the platform, and \`npm run docs:check\` fails where it is not current.
Where they are read, and in which form, stands in [telemetry.md](telemetry.md). Beside them there are \`medserve_process_*\` and
\`medserve_nodejs_*\` of Node itself. Labels hold words of closed sets or names that the operator gave, never what a caller
wrote. A model whose files came with a load request, for which a credential has to have \`model:manage\`, is \`(sent along)\` to pods and pools; where
requests are counted by model it has the name that it was loaded by.`;

/** @param metrics as \`Instruments.declared\` gives them */
export function metricsPage(metrics) {
  const sections = GROUPS.toReversed().flatMap(([title]) => {
    const own = metrics.filter((metric) => groupOf(metric) === title);
    const rows = own.map(metricRowOf);
    return own.length === 0
      ? []
      : [`## ${title}\n\n| metric | type | labels | what it is |\n| --- | --- | --- | --- |\n${rows.join('\n')}`];
  });
  return laidOut([INTRODUCTION, ...sections].join('\n\n'));
}
