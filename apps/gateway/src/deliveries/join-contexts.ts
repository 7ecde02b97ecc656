import type { StudyContext } from '@medserve/clinical';

/** One study as several requests about parts of it saw it: its series once each. Undefined where none was about a DICOM study. */
export function joinContexts(contexts: readonly StudyContext[]): StudyContext | undefined {
  const [first] = contexts;
  if (first === undefined) return undefined;
  const series = new Map(contexts.flatMap((context) => context.series.map((one) => [one.uid, one])));
  return { ...first, series: [...series.values()] };
}
