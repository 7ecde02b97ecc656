import { tagOf, vrOf } from '../dictionary/dictionary';

/** The levels of the study root information model (PS3.4 C.6.2); the patient's attributes stand with the study. */
export type IndexLevel = 'study' | 'series' | 'instance';

export interface IndexedAttribute {
  readonly tag: number;
  readonly vr: string;
  readonly keyword: string;
  readonly level: IndexLevel;
}

const words = (text: string): string[] => text.trim().split(/\s+/);

/**
 * What the index keeps of an instance: all that tables 10.6.3-3, -4 and -5 of PS3.18 ask for, but for what is counted, and what
 * routes choose by. What an archive adds by itself (Modalities in Study, the numbers of related things) is not here.
 */
const KEYWORDS: Readonly<Record<IndexLevel, readonly string[]>> = {
  study: words(`
    StudyDate StudyTime AccessionNumber ReferringPhysicianName TimezoneOffsetFromUTC StudyDescription
    NameOfPhysiciansReadingStudy PatientName PatientID IssuerOfPatientID PatientBirthDate PatientSex PatientAge
    StudyInstanceUID StudyID
  `),
  series: words(`
    SeriesDate SeriesTime Modality Manufacturer InstitutionName StationName SeriesDescription PerformingPhysicianName
    ManufacturerModelName BodyPartExamined ProtocolName PatientPosition SeriesInstanceUID SeriesNumber
    FrameOfReferenceUID Laterality PerformedProcedureStepStartDate PerformedProcedureStepStartTime
    RequestAttributesSequence
  `),
  instance: words(`
    ImageType SOPClassUID SOPInstanceUID AcquisitionDate ContentDate AcquisitionTime ContentTime ContrastBolusAgent
    ScanOptions SliceThickness KVP ConvolutionKernel AcquisitionNumber InstanceNumber ImagePositionPatient
    ImageOrientationPatient ImageLaterality SamplesPerPixel PhotometricInterpretation NumberOfFrames Rows Columns
    PixelSpacing BitsAllocated BitsStored PixelRepresentation BurnedInAnnotation
  `),
};

/** Inside of Request Attributes Sequence (PS3.18 table 10.6.3-4). */
const OF_REQUEST = words('AccessionNumber StudyInstanceUID RequestedProcedureID ScheduledProcedureStepID');

let table: ReadonlyMap<number, IndexedAttribute> | undefined;
let ofRequest: ReadonlyMap<number, string> | undefined;

const known = (keyword: string): number => {
  const tag = tagOf(keyword);
  if (tag === undefined) throw new Error(`The dictionary has no attribute ${keyword}.`);
  return tag;
};

/** Built on first use: it stands on the dictionary. */
export function indexedAttributes(): ReadonlyMap<number, IndexedAttribute> {
  return (table ??= new Map(
    (Object.keys(KEYWORDS) as IndexLevel[]).flatMap((level) =>
      KEYWORDS[level].map((keyword): [number, IndexedAttribute] => {
        const tag = known(keyword);
        return [tag, { tag, vr: vrOf(tag), keyword, level }];
      }),
    ),
  ));
}

/** Request Attributes Sequence, the one whose items the index keeps. */
export const REQUEST_ATTRIBUTES = 0x00400275;

/** Of an item of it: tag to VR. */
export function requestAttributes(): ReadonlyMap<number, string> {
  return (ofRequest ??= new Map(OF_REQUEST.map((keyword) => [known(keyword), vrOf(known(keyword))])));
}
