/**
 * How much each series of a counter grew. The first sample of one that a process makes with its first event is that event, and
 * `increase` counts from the first sample on: of a series that is new in the window all counts.
 *
 * @param series with its labels, such as `medserve_break_glass_total{step="used"}`
 * @param range such as `24h` or `$__range`
 * @param kept of a counter that its process goes on with after a restart: the labels by which its series is known again, whoever tells it
 */
export function grown(series: string, range: string, kept?: readonly string[]): string {
  const same = kept === undefined ? '' : ` on (${kept.join(', ')})`;
  return `((${series} unless${same} ${series} offset ${range}) or${same} increase(${series}[${range}]))`;
}
