import { isMarkedAsUntransferable, parentPort } from 'node:worker_threads';
import { toServingError } from '@medserve/errors';
import { decodeStudy, type DecodedStudy } from './decode-study';
import { toPlain, toPlainStudy, type DecodeCall, type DecodeReply } from './worker-messages';

/** The body of a decode worker (`DecodePool`): one call at a time, the answer's samples moved back. */
const port = parentPort;
if (port === null) throw new Error('decode-worker runs as a worker thread only.');

async function answer({ files, limits }: DecodeCall): Promise<DecodeReply> {
  try {
    const inputs = files.map(({ bytes, mediaType }) => ({
      bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      mediaType,
    }));
    return { kind: 'decoded', study: toPlainStudy(movable(await decodeStudy(inputs, limits))) };
  } catch (error) {
    return { kind: 'refused', error: toPlain(toServingError(error)) };
  }
}

/** Samples that share their memory (with a file, or with Node's slab) get their own, so that it can be moved. */
function movable(study: DecodedStudy): DecodedStudy {
  const { samples } = study.decoded;
  const isOwn = samples.byteLength === samples.buffer.byteLength && !isMarkedAsUntransferable(samples.buffer);
  return isOwn ? study : { ...study, decoded: { ...study.decoded, samples: samples.slice() } };
}

port.on('message', (call: DecodeCall) => {
  void answer(call).then((reply) => {
    port.postMessage(reply, reply.kind === 'decoded' ? [reply.study.decoded.samples.buffer as ArrayBuffer] : []);
  });
});
port.postMessage({ kind: 'ready' } satisfies DecodeReply);
