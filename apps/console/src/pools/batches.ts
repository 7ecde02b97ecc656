/** Of `GET /v2/models/stats`: what this gateway saw of the runs of a model version. */
export interface ModelStatistics {
  readonly name: string;
  readonly version: string;
  /** Rows that were run. */
  readonly inference_count: number;
  /** Runs: batches of one row or more. */
  readonly execution_count: number;
}

/** Mean rows of a run since the gateway started; undefined where none ran. */
export function meanBatch(statistics: readonly ModelStatistics[], pool: string): number | undefined {
  const of = statistics.filter(({ name, version }) => pool === `${name}:${version}`);
  const runs = of.reduce((sum, { execution_count }) => sum + execution_count, 0);
  return runs === 0 ? undefined : of.reduce((sum, { inference_count }) => sum + inference_count, 0) / runs;
}
