import { Controller, Get } from '@nestjs/common';
import { ServingError } from '@medserve/errors';
import { RequireAccess } from '../../http/access';
import { Readiness } from '../../health/health.controller';

/** Triton's clients read the status of these, KServe's the body; the specification prints `live` in both. */
@Controller('v2/health')
export class OipHealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  @RequireAccess('open')
  live(): { live: true } {
    return { live: true };
  }

  @Get('ready')
  @RequireAccess('open')
  async ready(): Promise<{ live: true; ready: true }> {
    const missing = await this.readiness.missing();
    if (missing.length > 0) throw new ServingError('unavailable', `Not reachable: ${missing.join(', ')}.`);
    return { live: true, ready: true };
  }
}
