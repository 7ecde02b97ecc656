import type { Dispatched } from './ports';

/** Seconds of a run that are the request's: those of its rows among the rows that ran together. 0 where the answer was kept from before. */
export function shareOfRun({ timings, batch, cache }: Pick<Dispatched, 'timings' | 'batch' | 'cache'>): number {
  if (cache === 'hit') return 0;
  const { run = 0 } = timings;
  return (run / 1000) * (batch.batchRows > 0 ? batch.rows / batch.batchRows : 1);
}
