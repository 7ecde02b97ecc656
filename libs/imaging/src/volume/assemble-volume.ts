import type { SliceSource, Volume, Window } from '@medserve/clinical';
import { DECODE_LIMITS } from '../limits';
import { unreadable } from '../refuse';
import { checkSlices, mixed, type VolumeLimits } from './check-slices';
import { checkGaps, geometryOf, placesAlongNormal } from './places';
import { SampleStack } from './sample-stack';
import type { SliceInput, SlicePicture } from './slice-input';

export interface AssembledVolume {
  readonly volume: Volume;
  /** How the header of its middle slice has it shown. */
  readonly window?: Window;
  /** Its header has its smaller values shown brighter (MONOCHROME1), which its samples are not turned for. */
  readonly isInverted?: true;
  /** Which file each slice of the volume came from. */
  readonly sources: readonly SliceSource[];
  /** What was left out, and why. */
  readonly warnings: readonly string[];
}

/**
 * One volume from the slices of one series, in the order of the normal whatever order they came in. Uneven spacing and gantry
 * tilt stay as they are: every slice keeps its own position. What the headers say is checked before any pixel is decoded, and
 * pixels are decoded one slice at a time.
 *
 * A slice that was sent twice counts once. Of different slices at one place the one of the latest acquisition counts, if their
 * numbers say which: where two acquisitions of a series overlap, or one was repeated. Where most places have several, the series
 * has time points, phases or echoes, and is refused.
 *
 * @throws ServingError `mixed_series` that names what differs; `too_large`; `unreadable_image` for colour or unusable geometry
 */
export async function assembleVolume(
  slices: readonly SliceInput[],
  limits: VolumeLimits = DECODE_LIMITS,
  signal?: AbortSignal,
): Promise<AssembledVolume> {
  const planned = withoutLocalizers(slices);
  if (planned.length === 0) throw unreadable('There is no slice to make a volume of.');
  checkSlices(planned, limits);
  const places = placesAlongNormal(planned);
  checkGaps(geometryOf(places.map(([first]) => first as SliceInput)));

  const stack = new SampleStack(places.length);
  const kept: SliceInput[] = [];
  const shown: Pick<AssembledVolume, 'window' | 'isInverted'>[] = [];
  const units = new Set<string>();
  let contested = 0;
  for (const place of places) {
    signal?.throwIfAborted();
    const { slice, picture, isContested } = await settle(place);
    if (isContested) contested += 1;
    if (picture.rescale?.unit !== undefined) units.add(picture.rescale.unit);
    if (units.size > 1) throw mixed('The slices differ in unit of the values.');
    kept.push(slice);
    shown.push(howShown(picture));
    stack.put(picture);
  }
  if (contested > places.length / 2) throw mixed(SEVERAL);
  const { rows, columns } = (kept[0] as SliceInput).size;
  return {
    ...shown[shown.length >> 1],
    volume: { kind: 'volume', slices: kept.length, rows, columns, ...stack.end(), geometry: geometryOf(kept) },
    sources: kept.map(({ source }) => source),
    warnings: warningsOf(slices.length, planned.length, places.length, contested),
  };
}

const howShown = ({ window, isInverted }: SlicePicture): Pick<AssembledVolume, 'window' | 'isInverted'> => ({
  ...(window === undefined ? {} : { window }),
  ...(isInverted === undefined ? {} : { isInverted }),
});

const SEVERAL =
  'Different slices lie at the same place: several time points, phases, echoes or reconstructions in one request.';

/** Scouts lie across the volume that they were made to plan; a series of nothing else is one of its own. */
function withoutLocalizers(slices: readonly SliceInput[]): readonly SliceInput[] {
  const others = slices.filter(({ isLocalizer }) => !isLocalizer);
  return others.length === 0 ? slices : others;
}

interface Settled {
  readonly slice: SliceInput;
  readonly picture: SlicePicture;
  /** Whether a slice with other content lies at the same place. */
  readonly isContested: boolean;
}

/** Which of the slices at one place counts. */
async function settle(place: readonly SliceInput[]): Promise<Settled> {
  const [slice, ...others] = place.toSorted((a, b) => (b.acquisitionNumber ?? 0) - (a.acquisitionNumber ?? 0));
  if (slice === undefined) throw new Error('a place has at least one slice');
  const picture = await slice.decode();
  let isContested = false;
  for (const other of others) {
    if (isSamePicture(picture, await other.decode())) continue;
    const [latest, earlier] = [slice.acquisitionNumber, other.acquisitionNumber];
    if (latest === undefined || earlier === undefined || latest === earlier) throw mixed(SEVERAL);
    isContested = true;
  }
  return { slice, picture, isContested };
}

function isSamePicture(a: SlicePicture, b: SlicePicture): boolean {
  return (
    a.rescale?.slope === b.rescale?.slope &&
    a.rescale?.intercept === b.rescale?.intercept &&
    a.samples.every((value, index) => value === b.samples[index])
  );
}

function warningsOf(sent: number, planned: number, places: number, contested: number): string[] {
  const said: string[] = [];
  if (sent > planned)
    said.push(`${String(sent - planned)} of ${String(sent)} slices are localizers by their header and were left out.`);
  if (planned > places)
    said.push(
      `${String(planned - places)} of ${String(planned)} slices lie where another slice lies and were left out.`,
    );
  if (contested > 0)
    said.push(`At ${String(contested)} places slices of several acquisitions lie; the latest was taken.`);
  return said;
}
