import { ServingError } from '@medserve/errors';
import { dicomJsonText, type DicomJson } from '@medserve/imaging';
import type { FastifyReply } from 'fastify';
import { writeParts, type AnswerPart } from '../multipart/write-parts';
import { isTaken, type Accepted } from './accept';
import { toNativeModel } from './native-model';

export const DICOM_JSON = 'application/dicom+json';
export const DICOM_XML = 'application/dicom+xml';
const PLAIN_JSON = 'application/json';

/** How data sets are spelt for a caller: JSON in one body, XML in a part each. */
export type Spelling = 'json' | 'plain-json' | 'xml';

/** @throws ServingError `not_acceptable` */
export function spellingFor(accepted: readonly Accepted[]): Spelling {
  for (const range of accepted) {
    const { isMultipart, isAny } = range;
    if (!isMultipart && isTaken(range, DICOM_JSON)) return 'json';
    if (!isMultipart && isTaken(range, PLAIN_JSON)) return 'plain-json';
    if ((isMultipart || isAny) && isTaken(range, DICOM_XML, true)) return 'xml';
  }
  throw notAcceptable(
    'Data sets are told as application/dicom+json, or as multipart/related of application/dicom+xml.',
  );
}

export const jsonTypeOf = (spelling: Exclude<Spelling, 'xml'>): string =>
  spelling === 'json' ? DICOM_JSON : PLAIN_JSON;

/** Answers with data sets that are all there. */
export function sendDataSets(reply: FastifyReply, spelling: Spelling, dataSets: readonly DicomJson[]): void {
  if (spelling === 'xml') {
    const { contentType, body } = writeParts(DICOM_XML, eachInXml(dataSets));
    void reply.header('content-type', contentType).send(body);
  } else sendText(reply, jsonTypeOf(spelling), `[${dataSets.map(dicomJsonText).join(',')}]`);
}

/** As bytes, so that nothing is added to the media type: some clients compare it whole. */
export function sendText(reply: FastifyReply, type: string, text: string): void {
  void reply.header('content-type', type).send(Buffer.from(text));
}

// oxlint-disable-next-line typescript/require-await -- parts are asked for one by one
async function* eachInXml(dataSets: readonly DicomJson[]): AsyncGenerator<AnswerPart> {
  for (const dataSet of dataSets) yield { contentType: DICOM_XML, body: Buffer.from(toNativeModel(dataSet)) };
}

export const notAcceptable = (detail: string): ServingError =>
  new ServingError('not_acceptable', detail, { field: 'Accept' });
