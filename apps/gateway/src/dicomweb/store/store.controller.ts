import type { Readable } from 'node:stream';
import { Controller, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { Origin } from '@medserve/archive';
import { ServingError } from '@medserve/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireAccess } from '../../http/access';
import { principalOf } from '../../http/principal';
import { tellRetryAfter } from '../../http/refusal-headers';
import { baseUrl } from '../base-url';
import { DicomWeb } from '../dicom-web';
import { STORE_LIMITS } from '../limits';
import { chooseType } from '../media/accept';
import { acceptedBy, type RetrieveQuery } from '../media/accepted-by';
import { toNativeModel } from '../media/native-model';
import { DICOM_JSON, DICOM_XML, notAcceptable, sendText } from '../media/send-data-sets';
import { parseUid } from '../parse-uid';
import { RESOURCES } from '../resources';
import { arrivingBody, drain } from './arriving-body';
import { storeAnswer, storeStatus, type PartOutcome } from './store-answer';
import { storePart, storeParts, type StoreJob } from './store-instances';
import { parseStoreType } from './store-request';

/** When the disk or the queue may have room again. */
const RETRY_AFTER_MS = 10_000;

const { store, storeInStudy, storeForRoute, storeInStudyForRoute } = RESOURCES;

/** STOW-RS (PS3.18 10.5). */
@Controller('dicom-web')
export class StoreController {
  constructor(private readonly web: DicomWeb) {}

  /** Stores each part for itself and tells of each; what is named as stored is durable. */
  @Post([store.path, storeInStudy.path, storeForRoute.path, storeInStudyForRoute.path])
  @RequireAccess('infer', { streams: true })
  async store(
    @Param() path: { readonly study?: string; readonly route?: string },
    @Query() query: RetrieveQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const type = chooseType(acceptedBy(request, query), [DICOM_JSON, DICOM_XML, 'application/json']);
    if (type === undefined) throw notAcceptable('What was stored is told as application/dicom+json or +xml.');
    const outcomes = await this.outcomesOf(request, path);
    if (outcomes.length === 0) throw new ServingError('invalid_request', 'The body has no part.', { field: 'body' });
    const status = storeStatus(outcomes);
    if (status === 503) tellRetryAfter(reply, RETRY_AFTER_MS);
    const answer = storeAnswer(outcomes, baseUrl(request, this.web.parts.url));
    void reply.status(status);
    sendText(reply, type, type === DICOM_XML ? toNativeModel(answer) : JSON.stringify(answer));
  }

  private async outcomesOf(
    request: FastifyRequest,
    { study, route }: { readonly study?: string; readonly route?: string },
  ): Promise<PartOutcome[]> {
    const { archive, isRoute } = this.web.parts;
    const studyUid = study === undefined ? undefined : parseUid(study, 'study');
    const { tenant, id } = principalOf(request);
    if (route !== undefined && !isRoute(tenant, route)) {
      throw new ServingError('not_found', 'There is no route of this name.', { field: 'route' });
    }
    const form = parseStoreType(request.headers['content-type']);
    const origin: Origin = {
      tenant,
      door: 'stow',
      sender: id,
      batch: request.id,
      ...(route === undefined ? {} : { route }),
    };
    const job: StoreJob = { origin, studyUid, hold: (bytes) => this.web.storing.take(bytes) };
    try {
      if (form.kind === 'single') return await single(request.body, (bytes) => storePart(bytes, archive, job));
      const body = arrivingBody(streamOf(request), STORE_LIMITS.patience);
      return await storeParts(body, form.boundary, archive, job);
    } catch (thrown) {
      if (request.raw.destroyed && !request.raw.complete) throw new ServingError('cancelled', 'The caller went away.');
      throw thrown;
    } finally {
      drain(request.raw);
      // What is stored is stored. A batch that could not be ended is ended by its age.
      await archive.batchEnded(origin).catch(() => undefined);
    }
  }
}

/** The body was counted and read by the door. */
async function single(
  body: unknown,
  put: (part: { mediaType: undefined; bytes: Buffer }) => Promise<PartOutcome>,
): Promise<PartOutcome[]> {
  return Buffer.isBuffer(body) && body.length > 0 ? [await put({ mediaType: undefined, bytes: body })] : [];
}

/** That it has no Content-Encoding was seen by the door. */
function streamOf({ body }: FastifyRequest): Readable {
  if (body === undefined || body === null) throw new ServingError('invalid_request', 'There is no body.');
  return body as Readable;
}
