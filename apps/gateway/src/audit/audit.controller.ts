import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireAccess, SMALL_BODY } from '../http/access';
import { principalOf } from '../http/default-deny';
import { readJson } from '../http/json-body';
import { parseWith } from '../intake/parse-wishes';
import { AuditTrail, type AuditRecord, type Found } from './audit-trail';
import { querySchema, searchSchema } from './audit-search';

export const FHIR_TYPE = 'application/fhir+json';

/** What the ledger of the caller's tenant says. Who asks is in it, too, before there is an answer. */
@Controller('v1/audit')
export class AuditController {
  constructor(private readonly trail: AuditTrail) {}

  @Get()
  @RequireAccess('audit:read')
  list(@Query() query: unknown, @Req() request: FastifyRequest): Promise<Found> {
    return this.trail.search(principalOf(request), parseWith(querySchema, query));
  }

  /** For what may not stand in an address: a patient. */
  @Post('search')
  @HttpCode(200)
  @RequireAccess('audit:read', SMALL_BODY)
  search(@Req() request: FastifyRequest): Promise<Found> {
    return this.trail.search(principalOf(request), readJson(request, searchSchema));
  }

  @Get(':id')
  @RequireAccess('audit:read')
  async read(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const by = principalOf(request);
    if (request.headers.accept?.includes(FHIR_TYPE) === true) {
      const bundle = await this.trail.fhirOf(by, id);
      void reply.header('content-type', `${FHIR_TYPE}; charset=utf-8`).send(Buffer.from(JSON.stringify(bundle)));
      return;
    }
    const answer: { id: string; records: readonly AuditRecord[] } = { id, records: await this.trail.recordsOf(by, id) };
    void reply.send(answer);
  }
}
