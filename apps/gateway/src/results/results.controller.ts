import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuditedResults } from '../records/audited-results';
import { wantsFhir } from '../fhir/fhir-format';
import { FhirResults } from '../fhir/fhir-results';
import { sendFhir } from '../fhir/send-outcome';
import { RequireAccess } from '../http/access';
import { principalOf } from '../http/principal';
import { sendStored } from './send-stored';

@Controller('v1/results')
export class ResultsController {
  constructor(
    private readonly results: AuditedResults,
    private readonly fhir: FhirResults,
  ) {}

  /**
   * The very bytes of the answer, or of the problem with its status; of an answer also a FHIR transaction, for who asks for that. Who
   * reads it is on record before.
   */
  @Get(':id')
  @RequireAccess('result:read')
  async read(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const by = principalOf(request);
    void reply.header('vary', 'accept');
    if (wantsFhir(request.headers.accept)) sendFhir(reply, await this.fhir.bundle(by, id));
    else sendStored(reply, id, await this.results.read(by, id));
  }
}
