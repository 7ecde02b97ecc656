import { CHOICES, type Board } from '../kit/board';
import { figure, graph, heat, table, words } from '../kit/kinds';

const ready = 'pool_state:medserve_pool_replicas:max{state="ready", pool=~"$pool"}';
const chosen = 'pool=~"$pool", class=~"$class"';
const durations = `pool_class_le:medserve_pool_request_duration_seconds_bucket:rate5m{${chosen}}`;

const GLANCE = { width: 4, height: 4 } as const;
const HALF = { width: 12, height: 8 } as const;
const THIRD = { width: 8, height: 8 } as const;

/** For who is on call: is it all right, and if not, where. */
export const operations: Board = {
  uid: 'medserve-operations',
  title: 'MedServe: operations',
  about: 'Is it all right, and if not, in which pool: traffic, errors, waiting, and what there is to serve it.',
  choices: [CHOICES.pool, CHOICES.class],
  from: 'now-3h',
  sections: [
    {
      title: 'Is it all right, and if not, where',
      panels: [
        figure({
          ...GLANCE,
          title: 'Alerts',
          about: 'Alerts of the platform that fire. Each has a page that says what to do.',
          unit: 'none',
          limits: { warn: 1, bad: 3 },
          queries: [{ expr: 'count(ALERTS{alertname=~"Medserve.+", alertstate="firing"}) or vector(0)' }],
        }),
        figure({
          ...GLANCE,
          title: 'Error budget, spent how fast',
          about:
            'How many times as fast as it may each class spends its budget of refused and failed requests, over the last hour. 1 keeps the objective; at 14.4 a month of it is gone in two days.',
          unit: 'none',
          decimals: 1,
          limits: { warn: 1, bad: 6 },
          alert: 'MedserveErrorBudgetBurnsFast',
          queries: [{ expr: 'class:medserve_error_budget_burn:ratio1h{class=~"$class"}', legend: '{{class}}' }],
        }),
        figure({
          ...GLANCE,
          title: 'Answer, 95 of 100',
          about: 'Within this time a router has 95 of 100 answers of a class, waiting included.',
          unit: 's',
          limits: { warn: 5, bad: 30 },
          queries: [{ expr: `histogram_quantile(0.95, sum by (class, le) (${durations})) >= 0`, legend: '{{class}}' }],
        }),
        figure({
          ...GLANCE,
          title: 'Longest wait now',
          about: 'How long the request has waited that waits longest for a replica.',
          unit: 's',
          limits: { warn: 5, bad: 20 },
          alert: 'MedserveQueueAge',
          queries: [{ expr: 'max(medserve_pool_oldest_wait_seconds{pool=~"$pool"})' }],
        }),
        figure({
          ...GLANCE,
          title: 'Pools asked, none ready',
          about: 'Pools with demand and without a ready replica. For the length of a cold start that is as meant.',
          unit: 'none',
          limits: { warn: 1, bad: 2 },
          alert: 'MedservePoolWithoutReplica',
          queries: [
            {
              expr: `count((pool:medserve_pool_demand_slots:sum{pool=~"$pool"} > 0) unless on (pool) (${ready} > 0)) or vector(0)`,
            },
          ],
        }),
        figure({
          ...GLANCE,
          title: 'Record behind',
          about: 'Age of the oldest event that was committed and is not in the ledger yet.',
          unit: 's',
          limits: { warn: 60, bad: 120 },
          alert: 'MedserveLedgerBehind',
          queries: [{ expr: 'max(medserve_ledger_behind_seconds)' }],
        }),
        table({
          width: 24,
          height: 8,
          title: 'Where',
          about:
            'A row for each pool. Red in "Ready" with demand beside it: nobody serves it. "Asked" far above "Ready" times its slots: it is too small, or at its most.',
          alert: 'MedservePoolWithoutReplica',
          by: ['pool'],
          columns: [
            { name: 'Slots asked', expr: 'pool:medserve_pool_demand_slots:sum{pool=~"$pool"}', decimals: 1 },
            { name: 'Ready', expr: `sum by (pool) (${ready})` },
            {
              name: 'Starting',
              expr: 'sum by (pool) (pool_state:medserve_pool_replicas:max{state="starting", pool=~"$pool"})',
            },
            {
              name: 'Requests/s',
              expr: `sum by (pool) (pool_class_outcome:medserve_pool_requests:rate5m{${chosen}})`,
              decimals: 2,
            },
            {
              name: 'Not answered',
              expr: `sum by (pool) (pool_class_outcome:medserve_pool_requests:rate5m{outcome=~"refused|failed", ${chosen}}) / (sum by (pool) (pool_class_outcome:medserve_pool_requests:rate5m{outcome!~"cancelled|invalid", ${chosen}}) > 0)`,
              unit: 'percentunit',
              limits: { warn: 0.005, bad: 0.05 },
            },
            {
              name: 'Answer, 95 of 100',
              expr: `histogram_quantile(0.95, sum by (pool, le) (${durations}))`,
              unit: 's',
              limits: { warn: 5, bad: 30 },
            },
            {
              name: 'Longest wait',
              expr: 'max by (pool) (medserve_pool_oldest_wait_seconds{pool=~"$pool"})',
              unit: 's',
              limits: { warn: 5, bad: 20 },
            },
          ],
        }),
      ],
    },
    {
      title: 'Traffic and errors',
      panels: [
        graph({
          ...THIRD,
          title: 'Requests by class',
          about: 'What comes to the pools, by how urgent it is.',
          unit: 'reqps',
          stacked: true,
          queries: [
            {
              expr: `sum by (class) (pool_class_outcome:medserve_pool_requests:rate5m{${chosen}})`,
              legend: '{{class}}',
            },
          ],
        }),
        graph({
          ...THIRD,
          title: 'How they end',
          about:
            'answered; refused (no room, too late, no replica in time); failed; cancelled (the caller hung up) and invalid (no model can take it), which are not counted as errors.',
          unit: 'reqps',
          stacked: true,
          alert: 'MedserveErrorBudgetBurnsFast',
          queries: [
            {
              expr: `sum by (outcome) (pool_class_outcome:medserve_pool_requests:rate5m{${chosen}})`,
              legend: '{{outcome}}',
            },
          ],
        }),
        graph({
          ...THIRD,
          title: 'Errors of a class, of all its requests',
          about: 'Share that was refused for want of room or failed, over five minutes.',
          unit: 'percentunit',
          limits: { warn: 0.01, bad: 0.05 },
          alert: 'MedserveErrorBudgetBurnsSlowly',
          queries: [{ expr: 'class:medserve_pool_errors:ratio_rate5m{class=~"$class"}', legend: '{{class}}' }],
        }),
        graph({
          ...HALF,
          title: 'Turned away at the door, by reason',
          about:
            'Refused before they were accepted. Most reasons are the caller’s (see the table of errors in docs/api.md); overloaded, unavailable and model_loading are ours.',
          unit: 'reqps',
          stacked: true,
          queries: [{ expr: 'reason:medserve_refusals:rate5m', legend: '{{reason}}' }],
        }),
        graph({
          ...HALF,
          title: 'Given up by routers, sent again, ejected',
          about:
            'full, evicted, late, loading: requests given up before a model had them. Retries: sent a second time. Ejections: replicas taken out because they failed.',
          unit: 'reqps',
          alert: 'MedserveRequestsShed',
          queries: [
            { expr: 'sum by (reason) (rate(medserve_router_shed_total[$__rate_interval]))', legend: '{{reason}}' },
            { expr: 'sum(rate(medserve_router_retries_total[$__rate_interval]))', legend: 'sent again' },
            { expr: 'sum(rate(medserve_router_ejections_total[$__rate_interval]))', legend: 'ejected' },
          ],
        }),
      ],
    },
    {
      title: 'Latency',
      panels: [
        graph({
          ...THIRD,
          title: 'Answer: 50, 95, 99 of 100',
          about: 'From the arrival in the router to the answer, of the chosen pools and classes together.',
          unit: 's',
          queries: [0.5, 0.95, 0.99].map((share) => ({
            expr: `histogram_quantile(${String(share)}, sum by (le) (${durations}))`,
            legend: `${String(100 * share)} of 100`,
          })),
        }),
        graph({
          ...THIRD,
          title: 'Waiting for a replica, 95 of 100',
          about: 'How long requests wait before they are sent to a replica: what more replicas would take away.',
          unit: 's',
          limits: { warn: 5, bad: 20 },
          alert: 'MedserveQueueAge',
          queries: [
            {
              expr: `histogram_quantile(0.95, sum by (pool, le) (pool_class_le:medserve_pool_wait_seconds_bucket:rate5m{${chosen}}))`,
              legend: '{{pool}}',
            },
          ],
        }),
        graph({
          ...THIRD,
          title: 'What the gateway spends time on, 95 of 100',
          about:
            'decode: the image; accept and complete: the record; dispatch: router and model. With dispatch low and the rest high, look at the gateway or its database.',
          unit: 's',
          queries: [
            {
              expr: 'histogram_quantile(0.95, phase_le:medserve_phase_duration_seconds_bucket:rate5m)',
              legend: '{{phase}}',
            },
          ],
        }),
        heat({
          ...HALF,
          title: 'Answers by how long they took',
          about: 'Two bands mean two kinds of requests, or warm and cold ones; a band that climbs means a queue.',
          unit: 's',
          queries: [
            {
              expr: 'sum by (le) (increase(medserve_pool_request_duration_seconds_bucket{pool=~"$pool", class=~"$class"}[$__rate_interval]))',
              legend: '{{le}}',
            },
          ],
        }),
        graph({
          ...HALF,
          title: 'Whole requests by task, 95 of 100, with traces',
          about:
            'From the first byte of an accepted request to its recorded end. The dots are single requests: each leads to its trace, where traces are collected.',
          unit: 's',
          queries: [
            {
              expr: 'histogram_quantile(0.95, sum by (task, le) (rate(medserve_request_duration_seconds_bucket[$__rate_interval])))',
              legend: '{{task}}',
              exemplars: true,
            },
          ],
        }),
      ],
    },
    {
      title: 'Demand and replicas',
      panels: [
        words(
          'A **slot** is room for one usual request; larger ones take up to eight. Slots asked = waiting + running. The scaler turns them into **desired** replicas; KEDA, or the local driver of one machine, makes them. Follow a burst from the left to the right: asked rises, desired follows within seconds, starting, then ready.',
          { width: 24, height: 2 },
        ),
        graph({
          ...THIRD,
          title: 'Slots asked: waiting and running',
          about: 'Waiting for long with all replicas ready: the pool is at its most, or scales too late.',
          unit: 'none',
          stacked: true,
          queries: [
            { expr: 'sum by (pool) (medserve_pool_queued_slots{pool=~"$pool"})', legend: '{{pool}} waiting' },
            { expr: 'sum by (pool) (medserve_pool_running_slots{pool=~"$pool"})', legend: '{{pool}} running' },
          ],
        }),
        graph({
          ...THIRD,
          title: 'Replicas by state',
          about: 'As the routers see them. Draining ones finish what they have.',
          unit: 'none',
          stacked: true,
          alert: 'MedserveReplicasMissing',
          queries: [
            {
              expr: 'sum by (pool, state) (pool_state:medserve_pool_replicas:max{pool=~"$pool"})',
              legend: '{{pool}} {{state}}',
            },
          ],
        }),
        graph({
          ...THIRD,
          title: 'Desired, and demand as the scaler sees it',
          about:
            'Desired apart from ready for long: no hardware, an image that does not load, or KEDA that cannot write.',
          unit: 'none',
          alert: 'MedserveReplicasMissing',
          queries: [
            {
              expr: 'max by (pool) (medserve_scaler_desired_replicas{pool=~"$pool"})',
              legend: '{{pool}} desired replicas',
            },
            { expr: 'max by (pool) (medserve_scaler_demand_slots{pool=~"$pool"})', legend: '{{pool}} slots' },
          ],
        }),
        graph({
          ...THIRD,
          title: 'Longest wait',
          about: 'Of each pool, the request that has waited longest.',
          unit: 's',
          limits: { warn: 5, bad: 20 },
          alert: 'MedserveQueueAge',
          queries: [{ expr: 'max by (pool) (medserve_pool_oldest_wait_seconds{pool=~"$pool"})', legend: '{{pool}}' }],
        }),
        graph({
          ...THIRD,
          title: 'Requests that found a pool cold',
          about: 'Requests that came while no replica of their pool was ready, per minute.',
          unit: 'none',
          queries: [
            {
              expr: '60 * sum by (pool) (rate(medserve_pool_cold_starts_total{pool=~"$pool"}[$__rate_interval]))',
              legend: '{{pool}}',
            },
          ],
        }),
        graph({
          ...THIRD,
          title: 'Cold start, 50 and 90 of 100',
          about: 'From the first request of a pool without replicas to its first ready one, over half an hour.',
          unit: 's',
          limits: { warn: 60, bad: 120 },
          alert: 'MedserveColdStartSlow',
          queries: [0.5, 0.9].map((share) => ({
            expr: `histogram_quantile(${String(share)}, pool_le:medserve_pool_cold_start_seconds_bucket:rate30m{pool=~"$pool"})`,
            legend: `{{pool}} ${String(100 * share)} of 100`,
          })),
        }),
        figure({
          width: 6,
          height: 5,
          title: 'Scaler knows all routers',
          about:
            '1: it has heard every router since it started. 0: it answers by errors, and replicas stay as they are.',
          unit: 'none',
          limits: { warn: 1, bad: 0.5, low: true },
          alert: 'MedserveScalerBlind',
          queries: [{ expr: 'min(medserve_scaler_state_rebuilt)' }],
        }),
        figure({
          width: 6,
          height: 5,
          title: 'Routers, to the scaler',
          about: 'heard; silent (was heard, and is not any more); unknown (not heard yet).',
          unit: 'none',
          alert: 'MedserveRouterSilent',
          queries: [{ expr: 'max by (state) (medserve_scaler_routers)', legend: '{{state}}' }],
        }),
        graph({
          width: 6,
          height: 5,
          title: 'Questions of KEDA',
          about: 'Calls by method and outcome. No GetMetrics at all: KEDA does not know the scaler.',
          unit: 'reqps',
          alert: 'MedserveScalerCallsFail',
          queries: [
            {
              expr: 'sum by (method, outcome) (rate(medserve_scaler_calls_total[$__rate_interval]))',
              legend: '{{method}} {{outcome}}',
            },
          ],
        }),
        graph({
          width: 6,
          height: 5,
          title: 'Panic, and what is kept warm',
          about: 'Panic: the pool follows the short window of its demand. Warmth: hot, dozing, cool or cold.',
          unit: 'none',
          queries: [
            { expr: 'max by (pool) (medserve_scaler_panic{pool=~"$pool"})', legend: '{{pool}} panic' },
            {
              expr: 'max by (pool, warmth) (medserve_scaler_warmth{pool=~"$pool"}) == 1',
              legend: '{{pool}} {{warmth}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Models and their hosts',
      closed: true,
      panels: [
        graph({
          ...THIRD,
          title: 'Hosts that serve',
          about: 'Processes that hold a model, of all pods.',
          unit: 'none',
          stacked: true,
          queries: [{ expr: 'sum by (model) (medserve_model_hosts)', legend: '{{model}}' }],
        }),
        graph({
          ...THIRD,
          title: 'Memory of models',
          about: 'Resident memory of the hosts of each model.',
          unit: 'bytes',
          stacked: true,
          queries: [{ expr: 'sum by (model) (medserve_model_resident_bytes)', legend: '{{model}}' }],
        }),
        graph({
          ...THIRD,
          title: 'Loading a model, 90 of 100',
          about:
            'From the order to load to the first run, of all loads since the pods that there are began: most models are loaded once.',
          unit: 's',
          queries: [
            {
              expr: 'histogram_quantile(0.9, sum by (model, le) (medserve_model_load_duration_seconds_bucket))',
              legend: '{{model}}',
            },
          ],
        }),
        graph({
          ...THIRD,
          title: 'Hosts that started, died, were replaced',
          about: 'Deaths are never meant. Replacements are reloads, and runs that nobody waited for.',
          unit: 'none',
          alert: 'MedserveModelHostsDie',
          queries: [
            {
              expr: 'sum by (outcome) (increase(medserve_model_host_starts_total[$__rate_interval]))',
              legend: '{{outcome}}',
            },
            { expr: 'sum(increase(medserve_model_host_deaths_total[$__rate_interval]))', legend: 'died' },
            { expr: 'sum(increase(medserve_model_host_replacements_total[$__rate_interval]))', legend: 'replaced' },
          ],
        }),
        graph({
          ...THIRD,
          title: 'Inside: gateway, decoding, router',
          about: 'Requests inside the gateway, waiting for a decoding thread, and between router and hosts.',
          unit: 'none',
          queries: [
            { expr: 'sum(medserve_gateway_in_flight)', legend: 'in the gateway' },
            { expr: 'sum(medserve_decode_queue)', legend: 'waiting for a decoder' },
            { expr: 'sum(medserve_router_in_flight)', legend: 'in the router' },
          ],
        }),
        graph({
          ...THIRD,
          title: 'Processes: lateness of the event loop',
          about: 'Above half a second deadlines and probes come late by as much.',
          unit: 's',
          limits: { warn: 0.2, bad: 0.5 },
          alert: 'MedserveEventLoopBlocked',
          queries: [
            {
              expr: 'max by (job, instance) (medserve_nodejs_eventloop_lag_p99_seconds)',
              legend: '{{job}} {{instance}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Models that write',
      closed: true,
      panels: [
        graph({
          ...THIRD,
          title: 'Slots in use',
          about: 'Answers that are being written, of those that can be at once.',
          unit: 'percentunit',
          limits: { warn: 0.8, bad: 0.95 },
          queries: [
            {
              expr: 'sum by (model) (medserve_writing_busy_slots) / sum by (model) (medserve_writing_slots)',
              legend: '{{model}}',
            },
          ],
        }),
        graph({
          ...THIRD,
          title: 'Tokens',
          about: 'prompt: read; cached: of these, found from an earlier request; written.',
          unit: 'none',
          queries: [
            {
              expr: 'sum by (model, kind) (rate(medserve_writing_tokens_total[$__rate_interval]))',
              legend: '{{model}} {{kind}}',
            },
          ],
        }),
        graph({
          ...THIRD,
          title: 'First token, 95 of 100',
          about: 'From the start of an answer to its first token.',
          unit: 's',
          queries: [
            {
              expr: 'histogram_quantile(0.95, sum by (model, le) (rate(medserve_writing_first_token_seconds_bucket[5m])))',
              legend: '{{model}}',
            },
          ],
        }),
        graph({
          ...THIRD,
          title: 'Rows of a step',
          about: 'How many answers a step of the decoder carries: near the slots is full, near 1 is empty.',
          unit: 'none',
          queries: [
            {
              expr: 'sum by (model) (rate(medserve_writing_rows_total[5m])) / sum by (model) (rate(medserve_writing_steps_total[5m]))',
              legend: '{{model}}',
            },
          ],
        }),
        graph({
          ...THIRD,
          title: 'Kept of prompts and images',
          about: 'Memory that models hold of earlier prompts and images.',
          unit: 'bytes',
          queries: [{ expr: 'sum by (model) (medserve_writing_cache_bytes)', legend: '{{model}}' }],
        }),
        graph({
          ...THIRD,
          title: 'Key-value cache of servers elsewhere',
          about: 'Of the fullest server of each pool. Near 1 answers are begun again.',
          unit: 'percentunit',
          limits: { warn: 0.85, bad: 0.95 },
          queries: [{ expr: 'max by (model) (medserve_writing_pool_cache_ratio)', legend: '{{model}}' }],
        }),
      ],
    },
  ],
};
