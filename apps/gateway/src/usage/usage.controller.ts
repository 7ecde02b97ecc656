import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { usageCsv, type UsageQuestion, type UsageSums } from '@medserve/storage';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireAccess } from '../http/access';
import { principalOf } from '../http/principal';
import { parseUsageQuestion, USAGE_ROWS } from './usage-question';

/** What tenants used. */
export abstract class UsageReader {
  abstract read(question: UsageQuestion): Promise<readonly UsageSums[]>;
}

@Controller('v1/usage')
export class UsageController {
  constructor(private readonly usage: UsageReader) {}

  /** Of the caller's own tenant; what the last seconds used may be missing. */
  @Get()
  @RequireAccess('usage:read')
  async read(@Query() query: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { question, format } = parseUsageQuestion(query, principalOf(request).tenant, Date.now());
    const rows = await this.usage.read(question);
    if (format === 'csv') {
      void reply.header('content-type', 'text/csv; charset=utf-8; header=present');
      void reply.send(Buffer.from(usageCsv(question.by, rows)));
      return;
    }
    void reply.send({
      object: 'list',
      from: question.from.toISOString(),
      to: question.to.toISOString(),
      by: question.by,
      data: rows,
      isComplete: rows.length < USAGE_ROWS,
    });
  }
}
