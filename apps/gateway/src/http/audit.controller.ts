import { Controller, Get, Param, Req } from '@nestjs/common';
import { ServingError } from '@medserve/errors';
import type { FastifyRequest } from 'fastify';
import { RequireAccess } from './access';
import { principalOf } from './default-deny';
import { ResultReader } from './result-reader';

export interface AuditRecord {
  readonly event: string;
  readonly at: string;
  /** Leaf hash (RFC 6962), in hex. */
  readonly hash: string;
  /** Index in the log. */
  readonly sequence: number;
}

/** What the ledger says of a request. */
export abstract class AuditTrail {
  /** Waits, up to ten seconds, until every event committed before the call is in the ledger. */
  abstract caughtUp(): Promise<void>;
  abstract recordsOf(tenant: string, requestId: string): Promise<readonly AuditRecord[]>;
}

@Controller('v1/audit')
export class AuditController {
  constructor(
    private readonly results: ResultReader,
    private readonly trail: AuditTrail,
  ) {}

  @Get(':id')
  @RequireAccess('audit:read')
  async read(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<{ id: string; records: readonly AuditRecord[] }> {
    const { tenant } = principalOf(request);
    if (!(await this.results.exists(tenant, id)))
      throw new ServingError('not_found', 'There is no request with this id.');
    await this.trail.caughtUp();
    return { id, records: await this.trail.recordsOf(tenant, id) };
  }
}
