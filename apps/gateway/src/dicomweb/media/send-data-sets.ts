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
    const spelling = spellingIn(range);
    if (spelling !== undefined) return spelling;
  }
  throw notAcceptable(
    'Data sets are told as application/dicom+json, or as multipart/related of application/dicom+xml.',
  );
}

/**
 * The same of one data set, which may be XML without parts (PS3.18 8.6.1.1; 6.9.4 of the 2019a edition has it so of a workitem).
 *
 * @throws ServingError `not_acceptable`
 */
export function spellingOfOne(accepted: readonly Accepted[]): Spelling | 'one-xml' {
  for (const range of accepted) {
    const spelling = spellingIn(range);
    if (spelling !== undefined) return spelling;
    if (!range.isMultipart && isTaken(range, DICOM_XML)) return 'one-xml';
  }
  throw notAcceptable('The data set is told as application/dicom+json, or as application/dicom+xml.');
}

function spellingIn(range: Accepted): Spelling | undefined {
  const { isMultipart, isAny } = range;
  if (!isMultipart && isTaken(range, DICOM_JSON)) return 'json';
  if (!isMultipart && isTaken(range, PLAIN_JSON)) return 'plain-json';
  return (isMultipart || isAny) && isTaken(range, DICOM_XML, true) ? 'xml' : undefined;
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

/** Answers with one data set. */
export function sendOne(reply: FastifyReply, spelling: Spelling | 'one-xml', dataSet: DicomJson): void {
  if (spelling === 'one-xml') sendText(reply, DICOM_XML, toNativeModel(dataSet));
  else sendDataSets(reply, spelling, [dataSet]);
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
