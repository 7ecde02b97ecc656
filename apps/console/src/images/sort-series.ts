import { ApiError, type Description, type SeriesDescription } from '../api';
import type { Inspection } from './inspect-images';
import { ABOUT_FILES } from './send-files';
import type { Sorted } from './sort-out';

/** Files of one series, in the order in which they were found. */
export interface Series extends SeriesDescription {
  readonly files: readonly File[];
}

/** What files turned out to be of that are no one image together. */
export interface SortedSeries {
  /** By their numbers, as scanners give them; those without one come last. */
  readonly series: readonly Series[];
  readonly left: Sorted['left'];
}

export interface SeriesSorting {
  readonly files: readonly File[];
  readonly signal: AbortSignal;
  /** Asks the platform what one file is. @throws ApiError */
  readonly describe: (inspection: Inspection) => Promise<Description>;
  /** How many have been looked at. */
  readonly onLooked: (looked: number) => void;
}

/** Files that are looked at at once: the platform decodes as many as it has threads for, and others wait there as well. */
const AT_ONCE = 4;

/** Of other things than DICOM objects each is an image by itself, and none is of a series. */
const NO_OBJECTS = /\.(?:bmp|jpe?g|nii|nii\.gz|png|tiff?|webp)$/i;

/** Whether several files were refused since they are not one image together, or some of them none at all. */
export const isMixed = (error: unknown): boolean =>
  error instanceof ApiError && ['mixed_series', 'unsupported_media'].includes(error.problem.code);

/** Whether one of the series may lack a slice: of what cannot be read nobody knows which it is of. */
export const mayLackSlices = ({ left }: SortedSeries): boolean => left.some(({ reason }) => reason === 'unreadable');

/**
 * Asks the platform of each file which series it is of: nothing of a file is read here.
 *
 * @throws ApiError, FileGoneError; what the signal was aborted with
 */
export async function sortSeries({ files, describe, signal, onLooked }: SeriesSorting): Promise<SortedSeries> {
  const objects = files.filter(({ name }) => !NO_OBJECTS.test(name));
  const found: (SeriesDescription | 'unreadable' | undefined)[] = [];
  const own = new AbortController();
  const looking = AbortSignal.any([signal, own.signal]);
  let next = 0;
  let looked = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < objects.length; at = next++) {
      found[at] = await seriesOf(describe({ files: objects.slice(at, at + 1), signal: looking }));
      looking.throwIfAborted();
      onLooked((looked += 1));
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    // Where one has failed, the others need not be looked at.
    own.abort();
  }
  const places = new Map(objects.map((file, at) => [file, found[at]]));
  return grouped(files.map((file) => [file, places.get(file)]));
}

async function seriesOf(describing: Promise<Description>): Promise<SeriesDescription | 'unreadable' | undefined> {
  try {
    return (await describing).series;
  } catch (error) {
    if (error instanceof ApiError && ABOUT_FILES.includes(error.problem.status)) return 'unreadable';
    throw error;
  }
}

function grouped(found: readonly (readonly [File, SeriesDescription | 'unreadable' | undefined])[]): SortedSeries {
  const series = new Map<string, Series & { readonly files: File[] }>();
  const left: Sorted['left'][number][] = [];
  for (const [file, of] of found) {
    if (of === undefined || of === 'unreadable') {
      left.push({ path: file.webkitRelativePath || file.name, reason: of ?? 'no-series' });
      continue;
    }
    const known = series.get(of.uid) ?? { ...of, files: [] };
    series.set(of.uid, known);
    known.files.push(file);
  }
  return { series: [...series.values()].sort(byNumber), left };
}

const byNumber = (one: Series, other: Series): number => placeOf(one) - placeOf(other);
const placeOf = ({ number = Number.MAX_SAFE_INTEGER }: Series): number => number;
