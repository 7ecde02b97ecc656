/**
 * How much each series of a counter grew. The first sample of one that a process makes with its first event is that event, and
 * `increase` counts from the first sample on: of a series that is new in the window all counts.
 *
 * @param series with its labels, such as `medserve_break_glass_total{step="used"}`
 * @param range such as `24h` or `$__range`
 */
export const grown = (series: string, range: string): string =>
  `((${series} unless ${series} offset ${range}) or increase(${series}[${range}]))`;
