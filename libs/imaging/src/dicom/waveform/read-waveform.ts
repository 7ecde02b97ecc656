import { unreadable } from '../../refuse';
import type { DataSet } from '../data-set';
import { WAVEFORM_TAG as TAG } from './tags';

/** One lead of an ECG, or one other signal. */
export interface WaveformChannel {
  /** What it is, in the words of its code: `Lead II`. */
  readonly name: string;
  /** UCUM, such as `uV`; absent where the channel has no sensitivity: its values are then stored ones. */
  readonly unit?: string;
  /** In `unit`, one value a sample. */
  readonly values: Float32Array;
}

/** Channels that were sampled together (a multiplex group, PS3.3 C.10.9). */
export interface WaveformGroup {
  readonly label?: string;
  readonly samplesPerSecond: number;
  readonly channels: readonly WaveformChannel[];
}

export interface WaveformLimits {
  /** Channels of one group. */
  readonly maxChannels: number;
  /** Values of one object. */
  readonly maxValues: number;
}

/** 13 channels is the most that an ECG IOD allows (PS3.3 A.34.3); a day of 12 leads at 250 samples a second has 259 million values. */
const WAVEFORM_LIMITS: WaveformLimits = { maxChannels: 64, maxValues: 2 ** 25 };

/** How a sample is stored (Waveform Sample Interpretation, PS3.3 C.10.9.1.5): bytes, and how to read them. */
const STORED = {
  SB: { bytes: 1, read: (from: Buffer, at: number) => from.readInt8(at) },
  UB: { bytes: 1, read: (from: Buffer, at: number) => from.readUInt8(at) },
  SS: { bytes: 2, read: (from: Buffer, at: number, le: boolean) => (le ? from.readInt16LE(at) : from.readInt16BE(at)) },
  US: {
    bytes: 2,
    read: (from: Buffer, at: number, le: boolean) => (le ? from.readUInt16LE(at) : from.readUInt16BE(at)),
  },
} as const;

/**
 * The waveforms of a DICOM object (12-lead, general and ambulatory ECG, haemodynamic and other curves).
 *
 * @param dataSet read whole, so that its sequences were entered
 * @throws ServingError `unreadable_image` where the data contradict the header, are companded, or exceed the limits
 */
export function readWaveform(dataSet: DataSet, limits = WAVEFORM_LIMITS): readonly WaveformGroup[] {
  let left = limits.maxValues;
  return dataSet.items(TAG.waveformSequence).map((item) => {
    const [channels, samples] = [item.uint16(TAG.numberOfChannels) ?? 0, item.uint32(TAG.numberOfSamples) ?? 0];
    const samplesPerSecond = item.decimal(TAG.samplingFrequency) ?? 0;
    if (channels < 1 || samples < 1 || !(samplesPerSecond > 0))
      throw unreadable('A waveform does not say how many channels and samples it has, or how often it was sampled.');
    left -= channels * samples;
    if (channels > limits.maxChannels || left < 0)
      throw unreadable('A waveform has more channels or samples than are read.');
    const label = item.text(TAG.groupLabel);
    return {
      ...(label === undefined ? {} : { label }),
      samplesPerSecond,
      channels: channelsOf(item, channels, samples),
    };
  });
}

function channelsOf(item: DataSet, count: number, samples: number): WaveformChannel[] {
  const interpretation = item.code(TAG.sampleInterpretation) ?? '';
  if (!Object.hasOwn(STORED, interpretation))
    throw unreadable('The samples of a waveform are of a kind that is not read here.');
  const stored = STORED[interpretation as keyof typeof STORED];
  const data = item.elements.get(TAG.waveformData);
  if (item.uint16(TAG.bitsAllocated) !== 8 * stored.bytes || data === undefined)
    throw unreadable('A waveform contradicts itself: its bits and the kind of its samples differ.');
  const bytes = item.value(data);
  if (bytes.length < count * samples * stored.bytes)
    throw unreadable('A waveform has fewer samples than its header says.');
  const definitions = item.items(TAG.channelDefinitions);
  if (definitions.length !== count) throw unreadable('A waveform does not say what each of its channels is.');
  return definitions.map((definition, channel) => {
    const { factor, baseline, unit } = scaleOf(definition);
    const values = new Float32Array(samples);
    for (let sample = 0; sample < samples; sample++) {
      const at = (sample * count + channel) * stored.bytes;
      values[sample] = stored.read(bytes, at, item.littleEndian) * factor + baseline;
    }
    return { name: nameOf(definition), ...(unit === undefined ? {} : { unit }), values };
  });
}

/** Value = stored x sensitivity x correction + baseline (PS3.3 C.10.9.1.4.2). */
function scaleOf(definition: DataSet): { factor: number; baseline: number; unit?: string } {
  const sensitivity = definition.decimal(TAG.channelSensitivity);
  if (sensitivity === undefined) return { factor: 1, baseline: 0 };
  const unit = definition.items(TAG.channelSensitivityUnits)[0]?.text(TAG.codeValue);
  return {
    factor: sensitivity * (definition.decimal(TAG.channelCorrection) ?? 1),
    baseline: definition.decimal(TAG.channelBaseline) ?? 0,
    ...(unit === undefined ? {} : { unit }),
  };
}

function nameOf(definition: DataSet): string {
  const meaning = definition.items(TAG.channelSource)[0]?.text(TAG.codeMeaning);
  return meaning ?? definition.text(TAG.channelLabel) ?? 'unnamed';
}
