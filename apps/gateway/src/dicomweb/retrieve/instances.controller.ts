import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireAccess } from '../../http/access';
import { callerSignal } from '../../http/caller-signal';
import { principalOf } from '../../http/principal';
import { baseUrl } from '../base-url';
import { DicomWeb } from '../dicom-web';
import { acceptedBy, type RetrieveQuery } from '../media/accepted-by';
import { notAcceptable, spellingFor } from '../media/send-data-sets';
import { bufferOf, withFirst, writeParts } from '../multipart/write-parts';
import { RESOURCES } from '../resources';
import { findInstances, tellRead, type RetrievedPath } from './find-instances';
import { formsOf, instancePart, instanceParts, riskiestFirst } from './instance-parts';
import { sendMetadata } from './send-metadata';
import { DICOM, fileWishes } from './pick-form';

const ALL = RESOURCES;

/** WADO-RS of instances and their metadata (PS3.18 10.4.1.1.1 and .2). */
@Controller('dicom-web')
export class InstancesController {
  constructor(private readonly web: DicomWeb) {}

  /** Nothing is held but the file that is leaving: what cannot be made in the middle of a study ends the answer before its last part. */
  @Get([ALL.retrieveStudy.path, ALL.retrieveSeries.path, ALL.retrieveInstance.path])
  @RequireAccess('result:read')
  async instances(
    @Param() path: RetrievedPath,
    @Query() query: RetrieveQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { parts } = this.web;
    const isSingle = path.instance !== undefined;
    const wishes = fileWishes(acceptedBy(request, query), isSingle);
    if (wishes.length === 0) throw notAcceptable('Instances leave as application/dicom.');
    const by = principalOf(request);
    const found = await findInstances(parts, by, path);
    const leaving = riskiestFirst(formsOf(found, wishes));
    await tellRead(parts, by, found, 'instances');
    const signal = callerSignal(reply);
    const [only] = leaving;
    if (isSingle && only !== undefined && wishes[0]?.isMultipart === false) {
      const { contentType, body } = await instancePart(parts, only, signal);
      void reply.header('content-type', contentType).send(body instanceof Uint8Array ? bufferOf(body) : body());
      return;
    }
    const { contentType, body } = writeParts(DICOM, await withFirst(instanceParts(parts, leaving, signal)));
    void reply.header('content-type', contentType).send(body);
  }

  @Get([ALL.studyMetadata.path, ALL.seriesMetadata.path, ALL.instanceMetadata.path])
  @RequireAccess('result:read')
  async metadata(
    @Param() path: RetrievedPath,
    @Query() query: RetrieveQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { parts } = this.web;
    const spelling = spellingFor(acceptedBy(request, query));
    const by = principalOf(request);
    const found = await findInstances(parts, by, path);
    await tellRead(parts, by, found, 'metadata');
    await sendMetadata(parts, reply, spelling, found, baseUrl(request, parts.url));
  }
}
