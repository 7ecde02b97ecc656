import type { ImageFacts, PatientIdentity } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { missingParts, type ConcatenationPart } from '../dicom/concatenation';
import { readSlices } from '../dicom/read-slice';
import { isSamePatient } from '../dicom/patient-identity';
import type { PlacedContext } from '../dicom/study-context';
import { assembleVolume } from '../volume/assemble-volume';
import type { SliceInput } from '../volume/slice-input';
import { aboutStudy, type Content } from './content';
import type { DecodeLimits } from '../limits';
import { unreadable } from '../refuse';

/**
 * Several objects: each one slice with a place in the patient, or several frames that each have one, all of one series. Parts of an image
 * that was split (a concatenation, PS3.3 C.7.6.16.2.2.4) are put together so. All headers are read before a pixel is decoded.
 *
 * @param files with their places among those that were sent
 * @throws ServingError `mixed_series`, and what reading and decoding throw
 */
export async function decodeSeries(
  files: readonly { readonly bytes: Buffer; readonly input: number }[],
  limits: DecodeLimits,
  signal: AbortSignal | undefined,
): Promise<Content> {
  const slices: SliceInput[] = [];
  let facts: ImageFacts | undefined;
  let isOfLocalizer = true;
  let identity: PatientIdentity = {};
  const contexts: PlacedContext[] = [];
  const parts: ConcatenationPart[] = [];
  for (const { bytes, input } of files) {
    signal?.throwIfAborted();
    const found = readSlices(bytes, input, limits);
    if (found.slices === undefined) {
      throw new ServingError(
        'mixed_series',
        found.frames > 1
          ? 'A multi-frame object whose frames do not each say where they lie was sent together with other files.'
          : 'A file does not say where its slice lies, so the files do not form a volume.',
      );
    }
    if (!isSamePatient(identity, found.identity)) {
      throw new ServingError('mixed_series', 'The files name different patients.');
    }
    if (facts === undefined || isOfLocalizer) facts = found.facts;
    isOfLocalizer &&= found.slices[0].isLocalizer;
    identity = { ...found.identity, ...identity };
    contexts.push({ input, context: found.context });
    slices.push(...found.slices);
    if (found.part !== undefined) parts.push(found.part);
  }
  const { volume, sources, warnings, ...assembled } = await assembleVolume(slices, limits, signal);
  if (facts === undefined) throw unreadable('No file was sent.');
  return {
    decoded: volume,
    identity,
    ...aboutStudy(contexts),
    slices: sources,
    facts: { ...facts, dimensions: 3, depth: volume.slices },
    ...assembled,
    warnings: [...missingParts(parts), ...warnings],
  };
}
