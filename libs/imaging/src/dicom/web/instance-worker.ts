import { DECODE_LIMITS, type DecodeLimits } from '../../limits';
import { movable, serveCalls } from '../../threads/serve-calls';
import type { Parcel } from '../../threads/thread-pool';
import { dicomJsonText } from '../json/dicom-json-text';
import { toDicomJson } from '../json/to-dicom-json';
import { openWhole } from '../open-dicom';
import { renderFrame } from '../render/render-frame';
import { takeFrames } from '../transcode/take-frames';
import { toExplicitVr, toImplicitVr } from '../transcode/to-explicit-vr';
import type { InstanceAnswer, InstanceCall } from './instance-calls';
import { takeBulk } from './take-bulk';

/** Longer binary values are fetched apart. */
const INLINE_BYTES = 1024;

/** Of an object of many frames, every frame has its functional groups, and a slide has a great many frames. */
const LIMITS: DecodeLimits = { ...DECODE_LIMITS, maxFrames: 100_000, maxElements: 4_000_000 };

serveCalls<InstanceCall, InstanceAnswer>(async (call) => {
  const file = Buffer.from(call.file.buffer, call.file.byteOffset, call.file.byteLength);
  switch (call.ask) {
    case 'explicit-vr':
      return buffers([await toExplicitVr(file, LIMITS)]);
    case 'implicit-vr':
      return buffers([await toImplicitVr(file, LIMITS)]);
    case 'frames':
      return buffers(await takeFrames(file, call.frames, call.asStored, LIMITS));
    case 'rendered':
      return buffers([await renderFrame(file, call.rendering, LIMITS)]);
    case 'bulk':
      return buffers([await takeBulk(file, call.path, LIMITS)]);
    case 'metadata': {
      const { dataSet } = openWhole(file, LIMITS);
      const bulkUri = (path: string): string => call.bulkPrefix + path;
      return { call: dicomJsonText(toDicomJson(dataSet, { bulkUri, inlineBytes: INLINE_BYTES })), transfer: [] };
    }
  }
});

function buffers(found: readonly Uint8Array[]): Parcel<InstanceAnswer> {
  const own = found.map(movable);
  return { call: own, transfer: [...new Set(own.map(({ buffer }) => buffer))] };
}
