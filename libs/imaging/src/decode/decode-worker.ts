import { writeNifti } from '../nifti/write-nifti';
import { canMove, serveCalls } from '../threads/serve-calls';
import { decodeStudy, type DecodedStudy } from './decode-study';
import { toPlainStudy, type DecodeCall, type PlainStudy } from './worker-messages';

/** The body of a decode worker (`DecodePool`): the answer's samples move back. */
serveCalls<DecodeCall, PlainStudy>(async ({ files, limits, asNifti }) => {
  const inputs = files.map(({ bytes, mediaType, view }) => ({
    bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    mediaType,
    view,
  }));
  const decoded = await decodeStudy(inputs, limits);
  const study = toPlainStudy(withOwnSamples(asNifti ? withNifti(decoded) : decoded));
  const memory = [study.decoded.samples, ...(study.nifti === undefined ? [] : [study.nifti])];
  return { call: study, transfer: [...new Set(memory.map(({ buffer }) => buffer as ArrayBuffer))] };
});

/** The samples as a file too, which is made here: the loop of the process that answers is not held up by it. */
function withNifti(study: DecodedStudy): DecodedStudy {
  const { file, samples } = writeNifti(study);
  return { ...study, nifti: file, decoded: { ...study.decoded, samples } };
}

/** Samples that share their memory (with a file, or with Node's slab) get their own, so that it can be moved. */
function withOwnSamples(study: DecodedStudy): DecodedStudy {
  const { samples } = study.decoded;
  if (canMove(samples) || samples.buffer === study.nifti?.buffer) return study;
  return { ...study, decoded: { ...study.decoded, samples: samples.slice() } };
}
