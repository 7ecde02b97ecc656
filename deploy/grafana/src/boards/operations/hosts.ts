import type { Section } from '../../kit/board';
import { graph } from '../../kit/kinds';
import { THIRD } from './shared';

/** Models in memory, and the processes that hold them. */
export const hosts: Section = {
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
};
