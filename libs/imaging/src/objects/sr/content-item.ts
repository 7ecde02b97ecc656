import type { DataSetOut } from '../../dicom/write/element';
import { decimalString } from '../../dicom/write/decimal-string';
import { codeItem } from '../codes/code-item';
import { sct, type Code } from '../codes/code';
import { unitCode } from '../codes/quantities';
import { dataSetOf, merged } from '../common/data-set-of';
import { isWholeSlide, type SourceFrame } from '../common/source-image';
import type { Outline } from '../findings/outlines';

export type Relationship = 'CONTAINS' | 'HAS ACQ CONTEXT' | 'HAS CONCEPT MOD' | 'HAS OBS CONTEXT' | 'SELECTED FROM';

/** A content item (PS3.3 C.17.3) and what stands below it. */
function item(
  relationship: Relationship,
  type: string,
  concept: Code | undefined,
  value: DataSetOut,
  below: readonly DataSetOut[] = [],
): DataSetOut {
  return merged(
    dataSetOf({
      RelationshipType: relationship,
      ValueType: type,
      ConceptNameCodeSequence: concept && [codeItem(concept)],
      ContentSequence: below.length === 0 ? undefined : below,
    }),
    value,
  );
}

export const container = (concept: Code, below: readonly DataSetOut[], template?: string): DataSetOut =>
  item('CONTAINS', 'CONTAINER', concept, containerValue(template), below);

/** What makes an item the container of a template (PS3.16), also the root. */
export const containerValue = (template: string | undefined): DataSetOut =>
  dataSetOf({
    ContinuityOfContent: 'SEPARATE',
    ContentTemplateSequence:
      template === undefined ? undefined : [dataSetOf({ MappingResource: 'DCMR', TemplateIdentifier: template })],
  });

export const text = (relationship: Relationship, concept: Code, value: string): DataSetOut =>
  item(relationship, 'TEXT', concept, dataSetOf({ TextValue: value.replace(/[^\n\t\P{Cc}]/gu, ' ') }));

export const code = (relationship: Relationship, concept: Code, value: Code): DataSetOut =>
  item(relationship, 'CODE', concept, dataSetOf({ ConceptCodeSequence: [codeItem(value)] }));

export const uidRef = (relationship: Relationship, concept: Code, uid: string): DataSetOut =>
  item(relationship, 'UIDREF', concept, dataSetOf({ UID: uid }));

/** A number with its unit; as a float too where a decimal string cannot hold all of it (PS3.3 C.18.1). */
export function num(relationship: Relationship, concept: Code, value: number, unit: Code): DataSetOut {
  const isExact = Number(decimalString(value)) === value;
  const measured = dataSetOf({
    MeasurementUnitsCodeSequence: [codeItem(unit)],
    NumericValue: value,
    FloatingPointValue: isExact ? undefined : value,
  });
  return item(relationship, 'NUM', concept, dataSetOf({ MeasuredValueSequence: [measured] }));
}

export const percent = (relationship: Relationship, concept: Code, share: number): DataSetOut =>
  num(relationship, concept, Number((share * 100).toFixed(4)), unitCode('%'));

/** Another object, with the frames or the segment of it that is meant. */
export interface Reference {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly frame?: number | undefined;
  readonly segment?: number | undefined;
}

export const referenceTo = ({ image, number }: SourceFrame): Reference => ({ ...image, frame: number });

export const sopReference = ({ sopClassUid, sopInstanceUid, frame, segment }: Reference): DataSetOut =>
  dataSetOf({
    ReferencedSOPClassUID: sopClassUid,
    ReferencedSOPInstanceUID: sopInstanceUid,
    ReferencedFrameNumber: frame,
    ReferencedSegmentNumber: segment,
  });

export const SOURCE = sct('260753009', 'Source');

export const image = (relationship: Relationship, concept: Code, reference: Reference): DataSetOut =>
  item(relationship, 'IMAGE', concept, dataSetOf({ ReferencedSOPSequence: [sopReference(reference)] }));

/** A closed polygon on one image (PS3.3 C.18.6): its last point is its first. On a slide it counts in all of it, not in a tile. */
export function polygon(concept: Code, outline: Outline, on: SourceFrame): DataSetOut {
  const [first] = outline;
  const points = first === undefined ? outline : [...outline, first];
  const value = dataSetOf({
    GraphicType: 'POLYLINE',
    GraphicData: points.flat(),
    PixelOriginInterpretation: isWholeSlide(on) ? 'VOLUME' : undefined,
  });
  return item('CONTAINS', 'SCOORD', concept, value, [image('SELECTED FROM', SOURCE, referenceTo(on))]);
}
