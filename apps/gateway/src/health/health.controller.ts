import { Controller, Get } from '@nestjs/common';
import { ServingError } from '@medserve/errors';
import { RequireAccess } from '../http/access';

/** Whether the parts that every request needs can be reached. */
export abstract class Readiness {
  /** The names of the parts that are missing; empty when everything serves. */
  abstract missing(): Promise<readonly string[]>;
  /** Whether answers have a record; without one the platform is there to be measured. */
  abstract readonly record: 'on' | 'off';
  /** How much room there is for events that wait to be written to the ledger. */
  abstract outbox(): 'open' | 'near' | 'full';
}

@Controller()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** The process is alive; says nothing about others, so that a database outage restarts nobody. */
  @Get('livez')
  @RequireAccess('open')
  live(): { status: string } {
    return { status: 'ok' };
  }

  @Get('readyz')
  @RequireAccess('open')
  async ready(): Promise<{ status: string; record: string; outbox: string }> {
    const missing = await this.readiness.missing();
    if (missing.length > 0) throw new ServingError('unavailable', `Not reachable: ${missing.join(', ')}.`);
    const outbox = this.readiness.outbox();
    if (outbox === 'full') throw new ServingError('unavailable', 'The outbox is full: bring the recorder back.');
    return { status: 'ok', record: this.readiness.record, outbox };
  }
}
