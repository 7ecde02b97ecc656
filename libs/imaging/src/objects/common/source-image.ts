import { DECODE_LIMITS } from '../../limits';
import { unreadable } from '../../refuse';
import type { DataSet } from '../../dicom/data-set';
import { tagOf } from '../../dicom/dictionary/dictionary';
import { groupsOf } from '../../dicom/functional-groups';
import { readGeometry, type FrameGeometry } from '../../dicom/geometry';
import { openHeader } from '../../dicom/open-dicom';
import { TAG } from '../../dicom/tags';
import type { SourceInstance } from '../result-input';

/** An instance that a model looked at, as its header describes it. */
export interface SourceImage {
  readonly instance: SourceInstance;
  readonly dataSet: DataSet;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly seriesUid: string;
  readonly studyUid: string;
  readonly frameOfReferenceUid: string | undefined;
  readonly modality: string;
  readonly bodyPart: string | undefined;
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  /** Of a slide in tiles: the size of all of it (Total Pixel Matrix). */
  readonly matrix: PixelGrid | undefined;
  readonly isColour: boolean;
}

export interface PixelGrid {
  readonly rows: number;
  readonly columns: number;
}

/** @throws ServingError `unreadable_image` where the header lacks what every image has */
export function readSource(instance: SourceInstance): SourceImage {
  const { dataSet } = openHeader(instance.header, DECODE_LIMITS);
  const frames = dataSet.decimal(TAG.numberOfFrames) ?? 1;
  return {
    instance,
    dataSet,
    sopClassUid: needed(dataSet, TAG.sopClassUid),
    sopInstanceUid: needed(dataSet, TAG.sopInstanceUid),
    seriesUid: needed(dataSet, TAG.seriesInstanceUid),
    studyUid: needed(dataSet, TAG.studyInstanceUid),
    frameOfReferenceUid: dataSet.uid(TAG.frameOfReferenceUid),
    modality: dataSet.code(TAG.modality) ?? 'OT',
    bodyPart: dataSet.text(TAG.bodyPartExamined)?.toUpperCase(),
    rows: dataSet.uint16(TAG.rows) ?? 0,
    columns: dataSet.uint16(TAG.columns) ?? 0,
    frames,
    matrix: frames > 1 ? matrixOf(dataSet) : undefined,
    isColour:
      dataSet.uint16(TAG.samplesPerPixel) === 3 || dataSet.code(TAG.photometricInterpretation) === 'PALETTE COLOR',
  };
}

function matrixOf(dataSet: DataSet): PixelGrid | undefined {
  const [rows, columns] = [dataSet.uint32(TAG.totalPixelMatrixRows), dataSet.uint32(TAG.totalPixelMatrixColumns)];
  return rows === undefined || columns === undefined ? undefined : { rows, columns };
}

function needed(dataSet: DataSet, tag: number): string {
  const uid = dataSet.uid(tag);
  if (uid === undefined) throw unreadable('A source image lacks a UID that results refer to.');
  return uid;
}

/** A frame of an image; `number` is from 1, and there only where the object has several. Without one, a slide in tiles is all of it. */
export interface SourceFrame {
  readonly image: SourceImage;
  readonly number?: number;
}

/** The whole of a slide in tiles, which none of its frames is. */
export const isWholeSlide = ({ image, number }: SourceFrame): boolean =>
  image.matrix !== undefined && number === undefined;

/** What coordinates count in. */
export const gridOf = ({ image, number }: SourceFrame): PixelGrid =>
  number === undefined ? (image.matrix ?? image) : image;

export const frameIndex = ({ number = 1 }: SourceFrame): number => number - 1;

/** The data sets that speak about a frame, the most specific first. */
export const groupsOfFrame = (frame: SourceFrame): DataSet[] => groupsOf(frame.image, frameIndex(frame));

export const geometryOf = (frame: SourceFrame): FrameGeometry => readGeometry(groupsOfFrame(frame));

const PIXEL_ASPECT_RATIO = tagOf('PixelAspectRatio') as number;
/** Spacings in whole numbers: to the millionth of a millimetre, of which none is written with more. */
const PER_MM = 1e6;

/**
 * Height of a pixel to its width, in whole numbers without a common divisor: by its spacing, else by Pixel Aspect Ratio, which is
 * there where the spacing is not (PS3.3 C.7.6.3.1.7); square where neither says anything.
 */
export function pixelAspectOf(frame: SourceFrame): readonly [height: number, width: number] {
  const { pixelSpacing } = geometryOf(frame);
  const [height = 1, width = 1] =
    pixelSpacing === undefined
      ? (frame.image.dataSet.decimals(PIXEL_ASPECT_RATIO) ?? [])
      : [pixelSpacing.row * PER_MM, pixelSpacing.column * PER_MM].map(Math.round);
  const divisor = greatestDivisor(height, width);
  return Number.isInteger(divisor) && divisor > 0 && Math.max(height, width) < 2 ** 31
    ? [height / divisor, width / divisor]
    : [1, 1];
}

/** Of what are no whole numbers above 0 it is none either. */
const greatestDivisor = (one: number, other: number): number =>
  one > 0 && other > 0 ? (one % other === 0 ? other : greatestDivisor(other, one % other)) : Number.NaN;
