import type { SeriesContext, StudyContext } from '@medserve/clinical';

/** One study as several requests about parts of it saw it: its series once each, with the images that any of them saw. Undefined where none was about a DICOM study. */
export function joinContexts(contexts: readonly StudyContext[]): StudyContext | undefined {
  const [first] = contexts;
  if (first === undefined) return undefined;
  const series = Map.groupBy(
    contexts.flatMap((context) => context.series),
    ({ uid }) => uid,
  );
  return { ...first, series: [...series.values()].flatMap(joinSeries) };
}

function joinSeries(parts: readonly SeriesContext[]): SeriesContext[] {
  const [first] = parts;
  const instances = new Map(parts.flatMap((part) => part.instances).map((one) => [one.sopInstanceUid, one]));
  return first === undefined ? [] : [{ ...first, instances: [...instances.values()] }];
}
