import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { wantsFhir } from '../fhir/fhir-format';
import { sendFhir } from '../fhir/send-outcome';
import { RequireAccess, SMALL_BODY } from '../http/access';
import { principalOf } from '../http/principal';
import { readJson } from '../http/json-body';
import { parseWith } from '../http/parse-with';
import { AuditTrail, type AuditRecord } from './audit-trail';
import { placeSchema, querySchema, searchSchema } from './audit-search';
import { fhirFound } from './fhir-found';

/** What the ledger of the caller's tenant says; as FHIR AuditEvents for who asks for those. Who asks is in it, too, before there is an answer. */
@Controller('v1/audit')
export class AuditController {
  constructor(private readonly trail: AuditTrail) {}

  @Get()
  @RequireAccess('audit:read')
  async list(@Query() query: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const asked = parseWith(querySchema, query);
    const found = await this.trail.search(principalOf(request), asked);
    void reply.header('vary', 'accept');
    if (wantsFhir(request.headers.accept)) sendFhir(reply, fhirFound(found, '/v1/audit', asked));
    else void reply.send(found);
  }

  /**
   * For what may not stand in an address: a patient. The next page is the same body sent to the next address: parameters may stand
   * in both, as in the searches of FHIR.
   */
  @Post('search')
  @HttpCode(200)
  @RequireAccess('audit:read', SMALL_BODY)
  async search(@Query() query: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const place = parseWith(placeSchema, query);
    const found = await this.trail.search(principalOf(request), { ...readJson(request, searchSchema), ...place });
    void reply.header('vary', 'accept');
    if (wantsFhir(request.headers.accept)) sendFhir(reply, fhirFound(found, '/v1/audit/search', place));
    else void reply.send(found);
  }

  @Get(':id')
  @RequireAccess('audit:read')
  async read(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const by = principalOf(request);
    void reply.header('vary', 'accept');
    if (wantsFhir(request.headers.accept)) {
      sendFhir(reply, await this.trail.fhirOf(by, id));
      return;
    }
    const answer: { id: string; records: readonly AuditRecord[] } = { id, records: await this.trail.recordsOf(by, id) };
    void reply.send(answer);
  }
}
