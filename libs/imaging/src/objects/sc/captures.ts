import { tagOf } from '../../dicom/dictionary/dictionary';
import { copyElements } from '../../dicom/write/copy-elements';
import { dataSetOf, lineOf, merged } from '../common/data-set-of';
import { momentOf } from '../common/moment';
import { lateralityOf } from '../common/laterality';
import { LOSSY } from '../common/lossy';
import { nameOf, resultObject } from '../common/result-object';
import { isWholeSlide, type SourceFrame } from '../common/source-image';
import { drawnOn } from '../findings/drawn';
import type { Finding } from '../findings/finding';
import type { ResultInput, ResultObject } from '../result-input';
import { referenceTo, sopReference } from '../sr/content-item';
import type { ToldRun } from '../sr/report';
import type { Canvas } from './canvas';
import { page, type Picture } from './page';
import { shownFrame } from './shown-frame';
import { wordsOf } from './words';

/** Characters of a Short Text (PS3.5 table 6.2-1). */
const MOST_OF_ST = 1_024;
/** Pictures of one run. */
const MOST_PAGES = 8;

/**
 * Secondary captures (PS3.3 A.8.1) for viewers that show neither reports nor segmentations: of each run the frames where most of a
 * finding is to be seen, with its outline, its numbers and whose it is; of an answer without a place a page of words.
 *
 * @throws ServingError where the pixels of a frame that is drawn cannot be read
 */
export async function captures(input: ResultInput, runs: readonly ToldRun[]): Promise<ResultObject[]> {
  const objects: ResultObject[] = [];
  const side = lateralityOf(runs.flatMap(({ read }) => read.images));
  for (const told of runs) {
    const frames = framesOfInterest(told.findings);
    for (const frame of frames.length === 0 ? [undefined] : frames) {
      objects.push(capture(await pageOf(told, frame, input), told, frame, { number: objects.length + 1, side }, input));
    }
  }
  return objects;
}

/** Of each finding the frame that has most of it, in the order of the findings, each once. A slide is too large to be drawn as one picture. */
function framesOfInterest(findings: readonly Finding[]): SourceFrame[] {
  const frames = new Map<string, SourceFrame>();
  for (const { place } of findings) {
    const frame = place.kind === 'outlines' ? place.on : place.kind === 'masks' ? largest(place.masks) : undefined;
    if (frame !== undefined && !isWholeSlide(frame))
      frames.set(`${frame.image.sopInstanceUid} ${String(frame.number ?? 1)}`, frame);
  }
  return [...frames.values()].slice(0, MOST_PAGES);
}

function largest(masks: (Finding['place'] & { kind: 'masks' })['masks']): SourceFrame | undefined {
  const sized = masks.map(({ on, mask }) => ({
    on,
    size: mask.counts.reduce((sum, count, index) => (index % 2 === 1 ? sum + count : sum), 0),
  }));
  return sized.sort((one, other) => other.size - one.size)[0]?.on;
}

async function pageOf(
  { read, findings }: ToldRun,
  frame: SourceFrame | undefined,
  input: ResultInput,
): Promise<Canvas> {
  const { banner, lines } = wordsOf(read.run.document, findings);
  const picture: Picture | undefined = frame && {
    frame,
    shown: await shownFrame(frame),
    drawn: drawnOn(frame, findings),
  };
  return page(banner, lines, picture, input.drawing === 'filled');
}

/** A picture's place among those of its series, and the side that all of them are of. */
interface Series {
  readonly number: number;
  readonly side: string;
}

function capture(
  { width, height, pixels }: Canvas,
  { read }: ToldRun,
  frame: SourceFrame | undefined,
  { number, side }: Series,
  input: ResultInput,
): ResultObject {
  const [first] = read.slices as [SourceFrame];
  const source = (frame ?? first).image;
  const { date, time } = momentOf(input.now, source.dataSet);
  const { name, version } = read.run.document.provenance.model;
  const sources = frame === undefined ? read.images.map(sopReference) : [sopReference(referenceTo(frame))];
  return resultObject(
    nameOf('sc', number, input),
    source,
    input,
    merged(
      dataSetOf({ PatientOrientation: '', Laterality: side }),
      copyElements(source.dataSet, frame === undefined ? [] : [PATIENT_ORIENTATION, ...LOSSY]),
      dataSetOf({
        ConversionType: 'WSD',
        DateOfSecondaryCapture: date,
        TimeOfSecondaryCapture: time,
        ContentDate: date,
        ContentTime: time,
        ImageType: ['DERIVED', 'SECONDARY'],
        DerivationDescription: lineOf(
          `Drawn for viewers without SEG/SR, in 8 bits, scaled for display: result of ${name} ${version}`,
          MOST_OF_ST,
        ),
        SourceImageSequence: sources,
        ImageComments: 'AI result, not for diagnosis. For viewers without SEG/SR.',
        BurnedInAnnotation: 'YES',
        SamplesPerPixel: 3,
        PhotometricInterpretation: 'RGB',
        PlanarConfiguration: 0,
        Rows: height,
        Columns: width,
        BitsAllocated: 8,
        BitsStored: 8,
        HighBit: 7,
        PixelRepresentation: 0,
      }),
      new Map([[PIXEL_DATA, { vr: 'OB', bytes: pixels }]]),
    ),
  );
}

const PIXEL_DATA = tagOf('PixelData') as number;
const PATIENT_ORIENTATION = tagOf('PatientOrientation') as number;
