import type { DataSet } from './data-set';
import { TAG } from './tags';

/**
 * One object of several that an image with many frames was split into (PS3.3 C.7.6.16.2.2.4). It can be read alone: it has all that the
 * image has, but for the frames of the others.
 */
export interface ConcatenationPart {
  /** Of the image that the parts make. */
  readonly uid: string;
  /** Frames of the image before the first of this part. */
  readonly offset: number;
  readonly frames: number;
  /** Parts that there are, where it says so. */
  readonly total?: number;
}

/** @returns undefined of an object that is whole */
export function concatenationPartOf(dataSet: DataSet, frames: number): ConcatenationPart | undefined {
  const uid = dataSet.uid(TAG.concatenationUid);
  if (uid === undefined) return undefined;
  const total = dataSet.uint16(TAG.inConcatenationTotalNumber);
  return {
    uid,
    offset: dataSet.uint32(TAG.concatenationFrameOffset) ?? 0,
    frames,
    ...(total === undefined ? {} : { total }),
  };
}

/** What is missing of images that were sent in parts; a part that was sent twice counts once. */
export function missingParts(parts: readonly ConcatenationPart[]): string[] {
  return [...Map.groupBy(parts, ({ uid }) => uid).values()].flatMap((sent) => {
    const inOrder = [...new Map(sent.map((part) => [part.offset, part])).values()].toSorted(
      (one, other) => one.offset - other.offset,
    );
    const total = inOrder.find((part) => part.total !== undefined)?.total;
    let end = 0;
    const isWhole = inOrder.every(({ offset, frames }) => {
      const follows = offset === end;
      end = offset + frames;
      return follows;
    });
    if (isWhole && (total === undefined || inOrder.length >= total)) return [];
    const of = total === undefined ? '' : ` of ${String(total)}`;
    return [
      `The image was sent in parts (a concatenation), of which ${String(inOrder.length)}${of} came: what the others show is missing.`,
    ];
  });
}
