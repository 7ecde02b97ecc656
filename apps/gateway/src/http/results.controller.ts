import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuditedResults } from '../audit/audited-results';
import { RequireAccess } from './access';
import { principalOf } from './default-deny';
import { sendStored } from './send-stored';

@Controller('v1/results')
export class ResultsController {
  constructor(private readonly results: AuditedResults) {}

  /** The very bytes of the answer, or of the problem with its status; who reads them is on record before. */
  @Get(':id')
  @RequireAccess('result:read')
  async read(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendStored(reply, id, await this.results.read(principalOf(request), id));
  }
}
