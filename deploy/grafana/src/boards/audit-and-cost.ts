import { CHOICES, type Board } from '../kit/board';
import { grown } from '../kit/grown';
import { figure, graph, table, words } from '../kit/kinds';

const GLANCE = { width: 4, height: 4 } as const;
const THIRD = { width: 8, height: 8 } as const;
const HALF = { width: 12, height: 8 } as const;

/** Hours for which replicas of a pool were there, ready or not, in the chosen time: added up, as a mean would count hours of which nothing is known. */
const replicaHours =
  'sum_over_time(sum by (pool) (pool_state:medserve_pool_replicas:max{pool=~"$pool"})[$__range:15s]) / 240';
const answers = grown('medserve_pool_requests_total{outcome="answered", pool=~"$pool"}', '$__range');

/** For who answers for the record and for who pays. */
export const auditAndCost: Board = {
  uid: 'medserve-audit-and-cost',
  title: 'MedServe: audit and cost',
  about: 'Whether everything is on record, who was turned away, and who uses what.',
  choices: [CHOICES.pool],
  from: 'now-24h',
  sections: [
    {
      title: 'Is it all right, and if not, where',
      panels: [
        figure({
          ...GLANCE,
          title: 'Logs held',
          about: 'Logs of the ledger that are not extended. 0, always.',
          unit: 'none',
          limits: { warn: 1, bad: 1 },
          alert: 'MedserveLedgerHeld',
          queries: [{ expr: 'max(medserve_ledger_held)' }],
        }),
        figure({
          ...GLANCE,
          title: 'Ledger behind',
          about: 'Age of the oldest event that is committed and not in the ledger.',
          unit: 's',
          limits: { warn: 60, bad: 120 },
          alert: 'MedserveLedgerBehind',
          queries: [{ expr: 'max(medserve_ledger_behind_seconds)' }],
        }),
        figure({
          ...GLANCE,
          title: 'Outbox, of its default ceiling',
          about: 'At 1 nobody is served. Of a ceiling that was changed, a million events are another share.',
          unit: 'percentunit',
          limits: { warn: 0.5, bad: 0.8 },
          alert: 'MedserveOutboxNearCeiling',
          queries: [
            { expr: 'max(medserve_outbox_events) / 1000000', legend: 'events' },
            { expr: 'max(medserve_outbox_bytes) / 2147483648', legend: 'bytes' },
          ],
        }),
        figure({
          ...GLANCE,
          title: 'Requests without an end',
          about:
            'Accepted, their lease over for more than a minute, and nothing on record of how they ended. 0, always.',
          unit: 'none',
          limits: { warn: 1, bad: 1 },
          alert: 'MedserveRequestsUnended',
          queries: [{ expr: 'max(medserve_requests_unended)' }],
        }),
        figure({
          ...GLANCE,
          title: 'First certificate ends in',
          about: 'Of the doors and of the services. New ones are taken up without a restart.',
          unit: 's',
          limits: { warn: 14 * 86_400, bad: 2 * 86_400, low: true },
          alert: 'MedserveCertificateEnds',
          queries: [{ expr: 'min(medserve_certificate_expires_seconds) - time()' }],
        }),
        figure({
          ...GLANCE,
          title: 'Replica hours',
          about: 'Of the chosen pools in the chosen time: what the hardware is paid for.',
          unit: 'h',
          decimals: 1,
          queries: [{ expr: `sum(${replicaHours})` }],
        }),
      ],
    },
    {
      title: 'Record',
      panels: [
        graph({
          ...THIRD,
          title: 'Entries of the ledger',
          about: 'Of all logs. It grows and never falls: a fall is an older database.',
          unit: 'none',
          alert: 'MedserveLedgerHeld',
          queries: [{ expr: 'max(medserve_ledger_entries)', legend: 'entries' }],
        }),
        graph({
          ...THIRD,
          title: 'Waiting for the ledger',
          about: 'Events committed and not in the ledger yet. It rises while the broker or the recorder is away.',
          unit: 'none',
          alert: 'MedserveOutboxNearCeiling',
          queries: [
            { expr: 'max(medserve_outbox_events)', legend: 'as the ceiling counts' },
            { expr: 'max(medserve_outbox_waiting)', legend: 'counted' },
          ],
        }),
        graph({
          ...THIRD,
          title: 'One transaction of the ledger, 95 of 100',
          about: 'It grows with the size of its batch and with a slow database.',
          unit: 's',
          queries: [
            {
              expr: 'histogram_quantile(0.95, sum by (le) (rate(medserve_ledger_append_duration_seconds_bucket[5m])))',
              legend: '95 of 100',
            },
          ],
        }),
        graph({
          ...THIRD,
          title: 'Checkpoints at witnesses',
          about: 'cosigned or failed. A witness that refuses knows another log: look at once.',
          unit: 'none',
          alert: 'MedserveWitnessFails',
          queries: [
            {
              expr: 'sum by (outcome) (increase(medserve_ledger_witnessed_total[$__rate_interval]))',
              legend: '{{outcome}}',
            },
          ],
        }),
        graph({
          ...THIRD,
          title: 'Events read by the monitor',
          about: 'A second. It follows the requests; where it stands still, clinical and quality dashboards do too.',
          unit: 'none',
          alert: 'MedserveMonitorReadsNothing',
          queries: [{ expr: 'sum(rate(medserve_monitor_events_total[$__rate_interval]))', legend: 'events' }],
        }),
        graph({
          ...THIRD,
          title: 'Requests ended by the sweep',
          about: 'Accepted requests whose gateway died: ended on record, so that none stays open.',
          unit: 'none',
          alert: 'MedserveRequestsAbandoned',
          queries: [{ expr: 'sum(increase(medserve_abandoned_total[$__rate_interval]))', legend: 'abandoned' }],
        }),
      ],
    },
    {
      title: 'Who was turned away, and emergencies',
      panels: [
        graph({
          ...THIRD,
          title: 'Without the right',
          about:
            'unauthenticated: no valid credential; forbidden: one that does not allow it; break_glass_refused: a grant that does not.',
          unit: 'none',
          alert: 'MedserveCredentialsRefused',
          queries: [
            {
              expr: 'sum by (reason) (increase(medserve_refusals_total{reason=~"unauthenticated|forbidden|break_glass_refused"}[$__rate_interval]))',
              legend: '{{reason}}',
            },
          ],
        }),
        graph({
          ...THIRD,
          title: 'Access in an emergency',
          about:
            'requested, approved, used (once a read), ended before its time. Each is in the ledger, with who and why.',
          unit: 'none',
          alert: 'MedserveBreakGlassUsed',
          queries: [
            {
              expr: `sum by (step) ${grown('medserve_break_glass_total', '$__rate_interval')}`,
              legend: '{{step}}',
            },
          ],
        }),
        graph({
          ...THIRD,
          title: 'Turned away by a quota',
          about: 'By which quota: of the tenant or the client; of requests, cost or concurrency.',
          unit: 'none',
          alert: 'MedserveQuotaStoreAway',
          queries: [
            {
              expr: 'sum by (quota) (increase(medserve_quota_refusals_total[$__rate_interval]))',
              legend: '{{quota}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Who uses what',
      panels: [
        words(
          'A **cost unit** is 65,536 pixels, voxels or tensor elements that were begun. **Run time** is what models spent on a tenant; of a batch, the share of its rows. **Replica hours** are what was kept ready for it, used or not: the two apart are what scaling can save.',
          { width: 24, height: 2 },
        ),
        table({
          ...HALF,
          title: 'Tenants',
          about: 'In the chosen time. Tenants after the first 50 are "other".',
          by: ['tenant'],
          columns: [
            {
              name: 'Requests',
              expr: `sum by (tenant) ${grown('medserve_usage_requests_total', '$__range')}`,
              decimals: 0,
            },
            {
              name: 'Cost units',
              expr: `sum by (tenant) ${grown('medserve_usage_cost_units_total', '$__range')}`,
              decimals: 0,
            },
            {
              name: 'Run time',
              expr: `sum by (tenant) ${grown('medserve_usage_run_seconds_total', '$__range')}`,
              unit: 's',
            },
          ],
        }),
        table({
          ...HALF,
          title: 'Pools',
          about:
            'What each cost and what came of it. A pool is named after its model and its hardware: GPU and CPU hours are its replica hours.',
          by: ['pool'],
          columns: [
            { name: 'Replica hours', expr: replicaHours, decimals: 2 },
            {
              name: 'Answers',
              expr: `sum by (pool) ${answers}`,
              decimals: 0,
            },
            {
              name: 'Replica seconds per answer',
              expr: `3600 * (${replicaHours}) / on (pool) (sum by (pool) ${answers} > 0)`,
              unit: 's',
              decimals: 1,
            },
          ],
        }),
        graph({
          ...HALF,
          title: 'Run time of models by department',
          about: 'Seconds of model time in each second: 1 is one model at work all the time.',
          unit: 'none',
          stacked: true,
          queries: [
            {
              expr: 'sum by (tenant, department) (rate(medserve_monitor_run_seconds_total[$__rate_interval]))',
              legend: '{{tenant}} {{department}}',
            },
          ],
        }),
        graph({
          ...HALF,
          title: 'Run time by model',
          about: 'Seconds of model time in each second.',
          unit: 'none',
          stacked: true,
          queries: [
            {
              expr: 'sum by (model) (rate(medserve_monitor_run_seconds_total[$__rate_interval]))',
              legend: '{{model}}',
            },
          ],
        }),
      ],
    },
  ],
};
