import { DataSet } from './data-set';
import { TAG } from './tags';

/**
 * The functional groups that are read, each with what belongs to it (PS3.3 C.7.6.16.2, of X-rays C.8.19.6.4). Whatever else an item
 * holds, and every other sequence, private ones above all, says nothing about the frame: a private sequence may well hold a
 * pixel spacing, of something else.
 */
const FUNCTIONAL_GROUPS: ReadonlyMap<number, readonly number[]> = new Map<number, readonly number[]>([
  [TAG.frameContentSequence, [TAG.stackId, TAG.temporalPositionIndex]],
  [TAG.pixelMeasuresSequence, [TAG.pixelSpacing, TAG.sliceThickness]],
  [TAG.framePixelDataPropertiesSequence, [TAG.imagerPixelSpacing]],
  [TAG.planePositionSequence, [TAG.imagePositionPatient]],
  [TAG.planeOrientationSequence, [TAG.imageOrientationPatient]],
  [TAG.planePositionSlideSequence, [TAG.columnPositionInMatrix, TAG.rowPositionInMatrix, TAG.zOffsetInSlide]],
  [TAG.opticalPathIdentificationSequence, [TAG.opticalPathIdentifier]],
  [TAG.pixelValueTransformationSequence, [TAG.rescaleSlope, TAG.rescaleIntercept, TAG.rescaleType]],
  [TAG.frameVoiLutSequence, [TAG.windowCentre, TAG.windowWidth, TAG.voiLutFunction, TAG.voiLutSequence]],
]);

/** The data sets that speak about a frame, the most specific first: its functional groups, the shared ones, the object. */
export function groupsOf({ dataSet }: { readonly dataSet: DataSet }, frame: number): DataSet[] {
  const holders = [dataSet.items(TAG.perFrameFunctionalGroups)[frame], dataSet.items(TAG.sharedFunctionalGroups)[0]];
  const inner = holders.flatMap((holder) => (holder === undefined ? [] : functionalGroups(holder)));
  return [...inner, dataSet];
}

function functionalGroups(holder: DataSet): DataSet[] {
  return [...FUNCTIONAL_GROUPS].flatMap(([sequence, attributes]) => {
    const [item] = holder.items(sequence);
    return item === undefined ? [] : [restricted(item, attributes)];
  });
}

/** An item with no more than the attributes that are named. */
function restricted(item: DataSet, attributes: readonly number[]): DataSet {
  const group = new DataSet(item.bytes, item.littleEndian);
  for (const tag of attributes) {
    const element = item.elements.get(tag);
    if (element !== undefined) group.elements.set(tag, element);
  }
  return group;
}
