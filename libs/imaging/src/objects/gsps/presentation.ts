import { tagOf } from '../../dicom/dictionary/dictionary';
import { copyElements } from '../../dicom/write/copy-elements';
import type { DataSetOut, ElementOut } from '../../dicom/write/element';
import { dataSetOf, lineOf, merged } from '../common/data-set-of';
import { lateralityOf } from '../common/laterality';
import { momentOf } from '../common/moment';
import { nameOf, resultObject, type ObjectName } from '../common/result-object';
import { groupsOfFrame, isWholeSlide, pixelAspectOf, type SourceFrame } from '../common/source-image';
import { TAG } from '../../dicom/tags';
import { drawnOn, type Drawn } from '../findings/drawn';
import type { Outline } from '../findings/outlines';
import type { ResultInput, ResultObject } from '../result-input';
import { referenceTo, sopReference } from '../sr/content-item';
import type { ToldRun } from '../sr/report';

const LAYER = 'AI_RESULT';
/** Polygons of one presentation state. */
const MOST_GRAPHICS = 500;

/**
 * Grayscale Softcopy Presentation States (PS3.3 A.33.1): what models marked on single images, as graphics that a viewer can show and
 * hide. Colour images have none: they would need a state with a colour profile. Nor have slides, whose graphics would be those of a tile.
 */
export function presentation(input: ResultInput, runs: readonly ToldRun[]): ResultObject[] {
  const side = lateralityOf(runs.flatMap(({ read }) => read.images));
  return runs.flatMap(({ read, findings }, index) => {
    const [frame, ...more] = read.slices;
    if (frame === undefined || more.length > 0 || frame.image.isColour || isWholeSlide(frame)) return [];
    const drawn = drawnOn(frame, findings);
    if (drawn.length === 0) return [];
    const { name, version } = read.run.document.provenance.model;
    return [state(nameOf('gsps', index + 1, input), input, frame, drawn, { model: `${name} ${version}`, side })];
  });
}

function state(
  name: ObjectName,
  input: ResultInput,
  frame: SourceFrame,
  drawn: readonly Drawn[],
  { model, side }: { readonly model: string; readonly side: string },
): ResultObject {
  const { image } = frame;
  const { date, time } = momentOf(input.now, image.dataSet);
  const reference = sopReference(referenceTo(frame));
  const size = [image.columns, image.rows];
  const content = dataSetOf({
    Laterality: side,
    ContentLabel: LAYER,
    ContentDescription: lineOf(`AI result, not for diagnosis: ${model}`),
    PresentationCreationDate: date,
    PresentationCreationTime: time,
    ContentCreatorName: '',
    ReferencedSeriesSequence: [dataSetOf({ SeriesInstanceUID: image.seriesUid, ReferencedImageSequence: [reference] })],
    DisplayedAreaSelectionSequence: [
      dataSetOf({
        ReferencedImageSequence: [reference],
        DisplayedAreaTopLeftHandCorner: [1, 1],
        DisplayedAreaBottomRightHandCorner: size,
        PresentationSizeMode: 'SCALE TO FIT',
        PresentationPixelAspectRatio: pixelAspectOf(frame),
      }),
    ],
    GraphicAnnotationSequence: [
      dataSetOf({
        ReferencedImageSequence: [reference],
        GraphicLayer: LAYER,
        TextObjectSequence: drawn.map(textObject),
        GraphicObjectSequence: drawn
          .flatMap(({ outlines }) => outlines)
          .slice(0, MOST_GRAPHICS)
          .map(graphicObject),
      }),
    ],
    GraphicLayerSequence: [dataSetOf({ GraphicLayer: LAYER, GraphicLayerOrder: 1 })],
    // The state takes the place of the photometric interpretation (PS3.3 C.11.6).
    PresentationLUTShape: image.dataSet.code(TAG.photometricInterpretation) === 'MONOCHROME1' ? 'INVERSE' : 'IDENTITY',
  });
  return resultObject(name, image, input, merged(content, valuesAsSent(frame)));
}

/**
 * The values and the display of the image, so that it looks as it did: a state stands in for all of the image's own steps, and what it
 * lacks is not done (PS3.4 N.2.1). Of either a table, where the image has one in place of numbers (PS3.3 C.11.1, C.11.8).
 */
function valuesAsSent(frame: SourceFrame): DataSetOut {
  const rescaled = firstOf(frame, RESCALE, [TAG.rescaleIntercept, TAG.rescaleSlope]);
  const values = firstOf(frame, [TAG.modalityLutSequence]) ?? (rescaled && merged(UNSPECIFIED, rescaled));
  const display =
    firstOf(frame, [TAG.windowCentre, TAG.windowWidth, TAG.voiLutFunction], [TAG.windowCentre, TAG.windowWidth]) ??
    firstOf(frame, [TAG.voiLutSequence]);
  return merged(
    copyElements(frame.image.dataSet, SHUTTER),
    values ?? NOTHING,
    display === undefined ? NOTHING : dataSetOf({ SoftcopyVOILUTSequence: [firstOfEach(display)] }),
  );
}

/** Of several windows, or several tables, the first: an image offers them, a state has chosen. */
const firstOfEach = (display: DataSetOut): DataSetOut =>
  new Map(
    [...display].map(([tag, element]): [number, ElementOut] => {
      if ('items' in element) return [tag, { vr: 'SQ', items: element.items.slice(0, 1) }];
      if (!('bytes' in element)) return [tag, element];
      const [first = ''] = element.bytes.toString('latin1').split('\\');
      return [tag, { vr: element.vr, bytes: Buffer.from(first, 'latin1') }];
    }),
  );

const RESCALE = [TAG.rescaleIntercept, TAG.rescaleSlope, TAG.rescaleType];
/** Of the Display Shutter module (PS3.3 C.7.6.11) what an image that is not in colour has. */
const SHUTTER = [
  ...['ShutterShape', 'ShutterLeftVerticalEdge', 'ShutterRightVerticalEdge', 'ShutterUpperHorizontalEdge'],
  ...['ShutterLowerHorizontalEdge', 'CenterOfCircularShutter', 'RadiusOfCircularShutter'],
  ...['VerticesOfThePolygonalShutter', 'ShutterPresentationValue'],
].map((keyword) => tagOf(keyword) as number);
const UNSPECIFIED = dataSetOf({ RescaleType: 'US' });
const NOTHING: DataSetOut = new Map();

/** Attributes of the most specific of a frame's data sets that has all of the needed ones. */
function firstOf(frame: SourceFrame, tags: readonly number[], needed = tags): DataSetOut | undefined {
  const holder = groupsOfFrame(frame).find((group) => needed.every((tag) => group.has(tag)));
  return holder && copyElements(holder, tags);
}

function graphicObject(outline: Outline): DataSetOut {
  const [first] = outline;
  const points = first === undefined ? outline : [...outline, first];
  return dataSetOf({
    GraphicAnnotationUnits: 'PIXEL',
    GraphicDimensions: 2,
    NumberOfGraphicPoints: points.length,
    GraphicData: points.flat(),
    GraphicType: 'POLYLINE',
    GraphicFilled: 'N',
  });
}

function textObject({ finding, outlines }: Drawn): DataSetOut {
  const [x, y] = outlines[0]?.[0] ?? [0, 0];
  const score = finding.score === undefined ? '' : ` ${String(Math.round(finding.score * 100))} %`;
  return dataSetOf({
    AnchorPointAnnotationUnits: 'PIXEL',
    UnformattedTextValue: `${lineOf(finding.title)}${score}`,
    AnchorPoint: [x, y],
    AnchorPointVisibility: 'N',
  });
}
