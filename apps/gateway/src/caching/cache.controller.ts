import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ServingError } from '@medserve/errors';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Activities } from '../activities/activities';
import { RequireAccess } from '../http/access';
import { principalOf } from '../http/default-deny';
import { CachingDispatcher } from './caching-dispatcher';
import { readPatientKey } from './patient-key';

const purgeSchema = z
  .strictObject({ model: z.string().min(1).max(256).optional(), patientKey: z.string().optional() })
  .refine(({ model, patientKey }) => model !== undefined || patientKey !== undefined);

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
  @RequireAccess('model:manage')
  async purge(@Req() request: FastifyRequest): Promise<{ readonly forgotten: number }> {
    const { model, patientKey } = parsePurge(request.body);
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

function parsePurge(body: unknown): z.output<typeof purgeSchema> {
  try {
    return purgeSchema.parse(JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : ''));
  } catch (cause) {
    throw new ServingError('invalid_request', 'The body has to be JSON with "model", "patientKey", or both.', {
      cause,
    });
  }
}
