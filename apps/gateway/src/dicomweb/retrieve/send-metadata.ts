import { Readable } from 'node:stream';
import type { KeptInstance } from '@medserve/archive';
import type { DicomJson } from '@medserve/imaging';
import type { FastifyReply } from 'fastify';
import { callerSignal } from '../../http/caller-signal';
import type { DicomWebParts } from '../dicom-web';
import { toNativeModel } from '../media/native-model';
import { DICOM_XML, jsonTypeOf, type Spelling } from '../media/send-data-sets';
import { withFirst, writeParts, type AnswerPart } from '../multipart/write-parts';

type Parts = Pick<DicomWebParts, 'archive' | 'pool'>;

const instanceUrl = (base: string, { studyUid, seriesUid, sopInstanceUid }: KeptInstance): string =>
  `${base}/studies/${studyUid}/series/${seriesUid}/instances/${sopInstanceUid}`;

/** Answers with the metadata of instances, made one by one as they leave. */
export async function sendMetadata(
  parts: Parts,
  reply: FastifyReply,
  spelling: Spelling,
  instances: readonly KeptInstance[],
  base: string,
): Promise<void> {
  const texts = await withFirst(metadataOf(parts, instances, base, callerSignal(reply)));
  if (spelling === 'xml') {
    const { contentType, body } = writeParts(DICOM_XML, inXml(texts));
    void reply.header('content-type', contentType).send(body);
  } else {
    void reply.header('content-type', jsonTypeOf(spelling)).send(Readable.from(inArray(texts), { objectMode: false }));
  }
}

/** The text of a DICOM JSON object of each. */
async function* metadataOf(
  { archive, pool }: Parts,
  instances: readonly KeptInstance[],
  base: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  for (const instance of instances) {
    const prefix = `${instanceUrl(base, instance)}/bulkdata/`;
    yield await pool.metadata(() => archive.open(instance).read(), prefix, signal);
  }
}

async function* inArray(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let before = '[';
  for await (const text of texts) {
    yield before + text;
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}

async function* inXml(texts: AsyncIterable<string>): AsyncGenerator<AnswerPart> {
  for await (const text of texts) {
    yield { contentType: DICOM_XML, body: Buffer.from(toNativeModel(JSON.parse(text) as DicomJson)) };
  }
}
