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
 * of the frames, in TILED_SPARSE by the position that each frame names. What no tile covers is not there.
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
  const tiles: Tile[] = [];
  for (let row = Math.floor(part.top / rows); row * rows < part.top + part.height; row++) {
    for (let column = Math.floor(part.left / columns); column * columns < part.left + part.width; column++) {
      const frame = row * across + column;
      if (frame >= frames) throw unreadable('The slide has fewer tiles than its size asks for.');
      tiles.push({ frame, left: column * columns, top: row * rows });
    }
  }
  return tiles;
}

/** Of several tiles at one place (focal planes, optical paths) the first counts. */
function sparseTiles(object: DicomObject): readonly Tile[] {
  const byPlace = new Map<string, Tile>();
  for (let frame = 0; frame < object.format.frames; frame++) {
    const groups = groupsOf(object, frame);
    const [left, top] = [TAG.columnPositionInMatrix, TAG.rowPositionInMatrix].map((tag) =>
      groups.find((group) => group.has(tag))?.int32(tag),
    );
    if (left === undefined || top === undefined) throw unreadable('A tile of the slide does not say where it lies.');
    const place = `${String(left)} ${String(top)}`;
    // Positions count from 1.
    if (!byPlace.has(place)) byPlace.set(place, { frame, left: left - 1, top: top - 1 });
  }
  return [...byPlace.values()];
}
