import type { Gauge } from 'prom-client';

/**
 * A gauge without labels has no sample before it is set; prom-client's is 0 from the start, in every process that declares it. For those of
 * which 0 says something bad: a process that has no archive would have a full one.
 */
export function onceTold(gauge: Gauge): Gauge {
  gauge.remove();
  return gauge;
}
