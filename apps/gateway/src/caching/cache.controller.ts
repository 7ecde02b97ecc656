import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Activities } from '../activities/activities';
import { RequireAccess, SMALL_BODY } from '../http/access';
import { principalOf } from '../http/principal';
import { readJson } from '../http/json-body';
import { CachingDispatcher } from './caching-dispatcher';
import { readPatientKey } from '../privacy/patient-key';

const purgeSchema = z
  .strictObject({ model: z.string().min(1).max(256).optional(), patientKey: z.string().optional() })
  .refine(
    ({ model, patientKey }) => model !== undefined || patientKey !== undefined,
    'has "model", "patientKey", or both',
  );

/** What this gateway keeps of earlier answers. */
@Controller('v1/cache')
export class CacheController {
  constructor(
    private readonly cache: CachingDispatcher,
    private readonly activities: Activities,
  ) {}

  /** Forgets the caller's tenant's answers of a model, and those about a patient. Each gateway keeps its own. */
  @Post('purge')
  @HttpCode(200)
  @RequireAccess('model:manage', SMALL_BODY)
  async purge(@Req() request: FastifyRequest): Promise<{ readonly forgotten: number }> {
    const { model, patientKey } = readJson(request, purgeSchema);
    const by = principalOf(request);
    const patient = readPatientKey(patientKey);
    await this.activities.tell(by, {
      event: 'cache_purged',
      subject: 'cache:answers',
      outcome: 'success',
      facts: { byModel: model !== undefined, byPatient: patient !== undefined },
    });
    return {
      forgotten: this.cache.purge(by.tenant, {
        ...(model === undefined ? {} : { model }),
        ...(patient === undefined ? {} : { patientKey: patient }),
      }),
    };
  }
}
