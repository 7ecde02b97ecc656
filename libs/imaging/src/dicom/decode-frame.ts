import type { Rescale, Samples, SampleType, Window } from '@medserve/clinical';
import { unreadable } from '../refuse';
import { codedFrameOf } from './codecs/coded-frame';
import type { RawFrame } from './codecs/raw-frame';
import { interleave, spreadChroma, ycbcrToRgb } from './colour';
import type { DicomObject } from './dicom-object';
import { nativeFrame } from './frame-bytes';
import { groupsOf } from './functional-groups';
import { applyModalityLut, readModalityLut, type ModalityLut } from './modality-lut';
import { applyPalette } from './palette';
import { unpackSamples, type StoredSamples } from './unpack-samples';
import { windowOfVoiLut } from './voi-lut';
import { darkenPadding, readValues, turnMonochrome1, type Values } from './values';

/** One frame with photometric interpretation, padding and layout resolved, as `Picture` promises it. */
export interface DecodedFrame {
  readonly channels: 1 | 3;
  readonly samples: Samples;
  readonly sampleType: SampleType;
  readonly rescale?: Rescale;
  readonly window?: Window;
  /** Its samples are as stored, and the smaller one is the brighter: of MONOCHROME1 that is measured. */
  readonly isInverted?: true;
}

export interface FrameUse {
  /** Instead of the window that the header has, in the values that the rescale gives. */
  readonly shown?: Window | undefined;
  /**
   * What is measured keeps values that have a unit: MONOCHROME1 says how they are displayed, and air is -1000 HU however it is shown
   * (PS3.3 C.7.6.3.1.2, C.11.1.1.2).
   */
  readonly isMeasured?: boolean;
}

/**
 * @throws ServingError `unreadable_image`, `unsupported_transfer_syntax`
 */
export async function decodeFrame(
  object: DicomObject,
  index: number,
  { shown, isMeasured = false }: FrameUse = {},
): Promise<DecodedFrame> {
  const { dataSet, format, facts } = object;
  const raw = await rawFrame(object, index);
  const stored = unpackSamples(raw, storedCount(object, raw), format);
  if (format.channels === 3) return colourFrame(object, raw, stored);
  if (format.photometric === 'PALETTE COLOR') {
    return { channels: 3, samples: applyPalette(dataSet, stored.samples, format.signed), sampleType: 'uint8' };
  }
  const groups = groupsOf(object, index);
  const found = readValues(groups, facts.modality);
  const lut = readModalityLut(dataSet, format.signed);
  const hasUnit = (lut ?? found.rescale)?.unit !== undefined;
  const isInverse = format.photometric === 'MONOCHROME1';
  const isTurned = isInverse && !(isMeasured && hasUnit);
  if (!format.float) darkenPadding(dataSet, stored.samples, format.signed, isTurned);
  const window = shown ?? found.window ?? windowOfVoiLut(groups, canBeNegative(format, found));
  const values = window === undefined ? found : { ...found, window };
  const shownAs = isInverse && !isTurned ? { isInverted: true as const } : {};
  if (lut !== undefined) return { ...tabulated(stored.samples, lut, values, isTurned), ...shownAs };
  const { bitsStored } = raw;
  const plain = window === undefined && stored.sampleType === 'uint8' ? withFewBits(values, bitsStored) : values;
  const turned = isTurned ? turnMonochrome1(stored.samples, { ...format, bitsStored }, plain) : plain;
  return { channels: 1, ...stored, ...turned, ...shownAs };
}

/**
 * Values of fewer than 8 bits fill no byte: without a window, the largest that they can be is what a display shows brightest
 * (PS3.3 C.11.2.1.2, C.7.6.3.1.2). Masks of one bit were black otherwise.
 */
function withFewBits(values: Values, bitsStored: number): Values {
  if (bitsStored >= 8) return values;
  const { slope, intercept } = values.rescale ?? { slope: 1, intercept: 0 };
  const width = Math.abs(slope) * (2 ** bitsStored - 1);
  return {
    ...values,
    window: { centre: intercept + (slope * (2 ** bitsStored - 1)) / 2, width, shape: 'linear-exact' },
  };
}

/** Whether what the modality's rescale gives may be below 0: then a table's first value is signed. */
const canBeNegative = ({ signed }: DicomObject['format'], { rescale }: Values): boolean =>
  signed || (rescale !== undefined && rescale.intercept < 0);

function tabulated(samples: Samples, lut: ModalityLut, { window }: Values, isTurned: boolean): DecodedFrame {
  const mapped = applyModalityLut(samples, lut);
  const { bits, unit } = lut;
  const values = { rescale: { slope: 1, intercept: 0, ...(unit && { unit }) }, ...(window && { window }) };
  const turned = isTurned
    ? turnMonochrome1(mapped.samples, { signed: false, bitsStored: bits, float: false }, values)
    : values;
  return { channels: 1, ...mapped, ...turned };
}

/** The stored words of one frame. @throws ServingError `unreadable_image`, `unsupported_transfer_syntax` */
export async function rawFrame(
  { dataSet, pixels, format, transferSyntax }: DicomObject,
  index: number,
): Promise<RawFrame> {
  if (transferSyntax.codec !== 'native') return codedFrameOf(dataSet, pixels, format, transferSyntax, index);
  const { bytes, bit } = nativeFrame(dataSet, pixels, format, index);
  return { bytes, bit, ...format };
}

/** Chroma is stored by halves in native pixel data only: codecs spread it themselves. */
const isHalved = ({ format, transferSyntax }: DicomObject): boolean =>
  transferSyntax.codec === 'native' && format.photometric === 'YBR_FULL_422';

function storedCount(object: DicomObject, raw: RawFrame): number {
  const { rows, columns, channels } = object.format;
  const count = rows * columns * (isHalved(object) ? 2 : channels);
  if (Math.ceil((raw.bit + count * raw.bitsAllocated) / 8) > raw.bytes.length) {
    throw unreadable('A frame holds fewer samples than it has pixels.');
  }
  return count;
}

/** Window and rescale are for one channel only (PS3.3 C.11.1). */
function colourFrame(object: DicomObject, raw: RawFrame, { samples, sampleType }: StoredSamples): DecodedFrame {
  const byPixel = isHalved(object) ? spreadChroma(samples) : raw.planar ? interleave(samples) : samples;
  if (raw.photometric !== 'RGB') ycbcrToRgb(byPixel, raw.bitsStored);
  return { channels: 3, samples: byPixel, sampleType };
}
