import { ServingError } from '@medserve/errors';
import type { Instruments } from '@medserve/runtime';
import type { Principal } from '@medserve/security';
import type { OutboxWatch } from './outbox-watch';
import type { Quotas } from './quotas';
import type { AcceptedWork, Standing, Ticket } from './ticket';

/** Told of every request that was turned away. */
export interface RefusalMeter {
  refused(by: Principal): void;
}

export interface DoorkeeperParts {
  readonly quotas: Pick<Quotas, 'enter' | 'check' | 'standings'>;
  readonly outbox: Pick<OutboxWatch, 'check'>;
  readonly meter: RefusalMeter;
  readonly instruments: Pick<Instruments, 'quotaRefusals'>;
}

/** What stands at every door behind the proof of who asks: the ceiling of the outbox, and the quotas. */
export class Doorkeeper {
  constructor(private readonly parts: DoorkeeperParts) {}

  /** Lets a request in, or not. @throws ServingError `quota_exceeded`, `unavailable` */
  async enter(by: Principal): Promise<Ticket> {
    const ticket = await this.orTold(by, () => {
      this.parts.outbox.check();
      return this.parts.quotas.enter(by);
    });
    return {
      accept: (work: AcceptedWork) => this.orTold(by, () => ticket.accept(work)),
      hold: () => ticket.hold(),
      leave: () => {
        ticket.leave();
      },
    };
  }

  /** Turns away who would be turned away in any case: for doors that have not read the request yet. @throws as `enter` */
  async check(by: Principal): Promise<void> {
    await this.orTold(by, () => {
      this.parts.outbox.check();
      this.parts.quotas.check(by);
      return Promise.resolve();
    });
  }

  standings(by: Principal): Standing[] {
    return this.parts.quotas.standings(by);
  }

  private async orTold<T>(by: Principal, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.parts.meter.refused(by);
      const [quota] =
        (error instanceof ServingError && error.reason === 'quota_exceeded' && error.limit?.split(':')) || [];
      if (quota !== undefined) this.parts.instruments.quotaRefusals.inc({ quota });
      throw error;
    }
  }
}
