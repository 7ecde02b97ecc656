import type { SeriesContext } from '@medserve/clinical';
import { SERIES_UID, SOP_INSTANCE_UID } from '../codes/systems';
import type { InteropInput, InteropRun } from '../input';
import type { Detail } from '../statements/statement';

/** The one series that a run was asked about, by which it can be told from others; undefined where it was asked about more. */
const seriesOf = ({ series = [] }: InteropRun): SeriesContext | undefined =>
  series.length === 1 ? series[0] : undefined;

/** By UID, for systems: the series, and the image where it was one. */
export function sourceDetails(run: InteropRun): Detail[] {
  const series = seriesOf(run);
  if (series === undefined) return [];
  const images = series.instances.length === 1 ? series.instances : [];
  return [
    { code: SERIES_UID, value: { kind: 'text', text: series.uid } },
    ...images.map(({ sopInstanceUid }): Detail => ({
      code: SOP_INSTANCE_UID,
      value: { kind: 'text', text: sopInstanceUid },
    })),
  ];
}

/** By number, for people: `series 2, image 5`. Empty where the headers number nothing. */
function sourceInWords(run: InteropRun): string {
  const series = seriesOf(run);
  const image = series?.instances.length === 1 ? series.instances[0]?.number : undefined;
  return [
    ...(series?.number === undefined ? [] : [`series ${String(series.number)}`]),
    ...(image === undefined ? [] : [`image ${String(image)}`]),
  ].join(', ');
}

/** Which model said what follows, to which task; and of which images, where it was asked about several. */
export function titleOf({ runs }: InteropInput, run: InteropRun): string {
  const { task, provenance } = run.document;
  const { name, version, digest } = provenance.model;
  const isOneOfSeveral = runs.some((other) => other !== run && other.document.provenance.model.digest === digest);
  const source = isOneOfSeveral ? sourceInWords(run) : '';
  return `${name} ${version}, task ${task}${source === '' ? '' : `, of ${source}`}`;
}
