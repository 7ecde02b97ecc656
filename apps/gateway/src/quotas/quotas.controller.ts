import { Controller, Get, Req } from '@nestjs/common';
import { WHOLE_TENANT, EACH_CLIENT } from '@medserve/serving';
import type { FastifyRequest } from 'fastify';
import { RequireAccess } from '../http/access';
import { principalOf } from '../http/principal';
import type { QuotaStore } from './ports';

/** Whom a quota binds, in words: clients of the API should not have to know what an empty text stands for. */
const appliesTo = (client: string) =>
  client === WHOLE_TENANT
    ? { appliesTo: 'tenant' }
    : client === EACH_CLIENT
      ? { appliesTo: 'each-client' }
      : { appliesTo: 'client', client };

/** The quotas that are set, for who they bind. */
export abstract class QuotaList {
  abstract of(tenants: readonly string[]): ReturnType<QuotaStore['of']>;
  /** Requests of one client that may be inside a gateway at once where no quota says otherwise. */
  abstract readonly clientConcurrency: number;
}

@Controller('v1/quotas')
export class QuotasController {
  constructor(private readonly quotas: QuotaList) {}

  @Get()
  @RequireAccess('usage:read')
  async list(@Req() request: FastifyRequest): Promise<unknown> {
    const { tenant } = principalOf(request);
    const quotas = await this.quotas.of([tenant]);
    return {
      object: 'list',
      data: quotas.map(({ client, kind, limit, windowS, exemptsStat }) => ({
        ...appliesTo(client),
        kind,
        limit,
        ...(windowS === 0 ? {} : { windowSeconds: windowS }),
        exemptsStat,
      })),
      defaults: { clientConcurrency: this.quotas.clientConcurrency },
    };
  }
}
