import { concatenationPartOf } from '../dicom/concatenation';
import type { DicomObject } from '../dicom/dicom-object';
import { groupsOf } from '../dicom/functional-groups';
import { TAG } from '../dicom/tags';
import { unreadable } from '../refuse';

/** A tile of a slide: its frame, from 0, and where its top left corner lies in the whole, from 0. */
export interface Tile {
  readonly frame: number;
  readonly left: number;
  readonly top: number;
}

/** A part of the whole. */
export interface Part {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The tiles that lie under a part of the slide, of its first focal plane and optical path (PS3.3 C.7.6.17.3): in TILED_FULL by the order
 * of the frames, in TILED_SPARSE by the position that each frame names. What no tile covers is not there. The frames of a part of a
 * slide (a concatenation, C.7.6.16.2.2.4) go on where those of the part before ended.
 *
 * @throws ServingError `unreadable_image` where the frames are fewer than the slide needs, or do not say where they lie
 */
export function tilesUnder(object: DicomObject, matrix: { readonly width: number }, part: Part): readonly Tile[] {
  const { rows, columns, frames } = object.format;
  const isUnder = ({ left, top }: Tile): boolean =>
    left < part.left + part.width &&
    left + columns > part.left &&
    top < part.top + part.height &&
    top + rows > part.top;
  if (object.dataSet.code(TAG.dimensionOrganizationType) !== 'TILED_FULL') return sparseTiles(object).filter(isUnder);
  const across = Math.ceil(matrix.width / columns);
  const before = concatenationPartOf(object.dataSet, frames)?.offset ?? 0;
  const tiles: Tile[] = [];
  for (let row = Math.floor(part.top / rows); row * rows < part.top + part.height; row++) {
    for (let column = Math.floor(part.left / columns); column * columns < part.left + part.width; column++) {
      const frame = row * across + column - before;
      if (frame < 0 || frame >= frames) throw unreadable(missing(object));
      tiles.push({ frame, left: column * columns, top: row * rows });
    }
  }
  return tiles;
}

const missing = ({ dataSet, format }: DicomObject): string =>
  concatenationPartOf(dataSet, format.frames) === undefined
    ? 'The slide has fewer tiles than its size asks for.'
    : 'Tiles of this region are in another part of the slide (a concatenation): ask for a region that is in this one.';

/** A tile of one of several optical paths and focal planes. */
interface SparseTile extends Tile {
  readonly path: string | undefined;
  /** In micrometres (Z Offset in Slide Coordinate System). */
  readonly depth: number;
}

/** Only tiles of the first optical path, which is that of the first frame; of several focal planes at one place the one nearest to it. */
function sparseTiles(object: DicomObject): readonly Tile[] {
  const byPlace = new Map<string, SparseTile>();
  const first = sparseTile(object, 0);
  const away = ({ depth }: SparseTile): number => Math.abs(depth - first.depth);
  for (let frame = 0; frame < object.format.frames; frame++) {
    const tile = sparseTile(object, frame);
    if (tile.path !== first.path) continue;
    const place = `${String(tile.left)} ${String(tile.top)}`;
    const other = byPlace.get(place);
    if (other === undefined || away(tile) < away(other)) byPlace.set(place, tile);
  }
  return [...byPlace.values()];
}

function sparseTile(object: DicomObject, frame: number): SparseTile {
  const groups = groupsOf(object, frame);
  const holder = (tag: number) => groups.find((group) => group.has(tag));
  const [left, top] = [TAG.columnPositionInMatrix, TAG.rowPositionInMatrix].map((tag) => holder(tag)?.int32(tag));
  if (left === undefined || top === undefined) throw unreadable('A tile of the slide does not say where it lies.');
  return {
    frame,
    // Positions count from 1.
    left: left - 1,
    top: top - 1,
    path: holder(TAG.opticalPathIdentifier)?.text(TAG.opticalPathIdentifier),
    depth: holder(TAG.zOffsetInSlide)?.decimal(TAG.zOffsetInSlide) ?? 0,
  };
}
