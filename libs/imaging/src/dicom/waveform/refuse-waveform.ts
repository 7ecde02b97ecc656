import { ServingError } from '@medserve/errors';
import type { DecodeLimits } from '../../limits';
import type { DataSet } from '../data-set';
import { openWhole } from '../open-dicom';
import { readWaveform } from './read-waveform';
import { WAVEFORM_TAG } from './tags';

export const isWaveform = (dataSet: DataSet): boolean => dataSet.elements.has(WAVEFORM_TAG.waveformSequence);

/**
 * Why a waveform is not answered about: it was read, and no task takes one. What its channels are called is the device's words, and
 * stays out.
 *
 * @throws ServingError `unreadable_image` where it cannot be read
 */
export function refusedWaveform(file: Buffer, limits: DecodeLimits): ServingError {
  const groups = readWaveform(openWhole(file, limits).dataSet).map(({ channels, samplesPerSecond }) => {
    const seconds = (channels[0]?.values.length ?? 0) / samplesPerSecond;
    return `${String(channels.length)} channels, ${seconds.toFixed(1)} s at ${String(samplesPerSecond)} samples a second`;
  });
  return new ServingError(
    'unreadable_image',
    `The object has no pixel data: it is a waveform (${groups.join('; ')}); no task takes one.`,
    {
      remedy: 'Send an image, such as the ECG as its device draws it.',
    },
  );
}
