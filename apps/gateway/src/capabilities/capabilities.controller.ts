import { Controller, Get, Options, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireAccess } from '../http/access';
import { baseUrl } from '../dicomweb/base-url';
import { DicomWeb } from '../dicomweb/dicom-web';
import { chooseType } from '../dicomweb/media/accept';
import { acceptedBy, type RetrieveQuery } from '../dicomweb/media/accepted-by';
import { notAcceptable, sendText } from '../dicomweb/media/send-data-sets';
import { RESOURCES } from '../dicomweb/resources';
import { WORKITEM_RESOURCES } from '../workitems/resources';
import { templateOf, wadlOf } from './wadl';

const WADL = 'application/vnd.sun.wadl+xml';
const JSON_TYPE = 'application/json';

/** With a slash at its end and without: the framework takes one away. */
const ROOT = ['', '//'];

/** What is offered here, for programs (PS3.18 8.9): from the table that the routes are from. */
@Controller('dicom-web')
export class CapabilitiesController {
  constructor(private readonly web: DicomWeb) {}

  @Get(ROOT)
  @RequireAccess('known')
  get(@Query() query: RetrieveQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.send(query, request, reply);
  }

  @Options(ROOT)
  @RequireAccess('known')
  options(@Query() query: RetrieveQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.send(query, request, reply);
  }

  private send(query: RetrieveQuery, request: FastifyRequest, reply: FastifyReply): void {
    const type = chooseType(acceptedBy(request, query), [WADL, 'application/xml', JSON_TYPE]);
    if (type === undefined) throw notAcceptable(`Capabilities are told as ${WADL} or ${JSON_TYPE}.`);
    const base = baseUrl(request, this.web.parts.url);
    const all = [...Object.values(RESOURCES), ...Object.values(WORKITEM_RESOURCES)];
    const text =
      type === JSON_TYPE
        ? JSON.stringify({ base, resources: all.map((one) => ({ ...one, path: templateOf(one.path) })) })
        : wadlOf(all, base);
    sendText(reply, type, text);
  }
}
