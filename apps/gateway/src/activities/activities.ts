import { newEventId, type ActivityEvent } from '@medserve/events';
import type { Principal } from '@medserve/security';
import { actorOf } from './actor-of';

/** What was done, or refused, as its entry in the ledger tells it. */
export type Deed = Pick<ActivityEvent, 'event' | 'subject' | 'outcome' | 'reason' | 'patient' | 'facts'>;

export interface ActivityRecords {
  record(event: ActivityEvent): Promise<void>;
}

/** Whether more may be put on record. */
export interface Room {
  /** @throws ServingError `unavailable` while what is to be recorded waits in too great a number */
  check(): void;
}

/** Reading in an emergency may not wait for a recorder. It takes two people, and each asker has few grants. */
const isBreakGlass = (by: Principal, { event }: Deed): boolean =>
  by.purpose === 'BTG' || event.startsWith('break_glass_');

/**
 * Puts on record what people and systems do beside asking models. What callers do stops at the ceiling of the outbox, like
 * inference: it would grow it without end. Refusals do not: they are bounded where they are counted, or end what was let in.
 */
export class Activities {
  constructor(
    private readonly records: ActivityRecords,
    private readonly room: Room,
    private readonly now: () => Date,
  ) {}

  /**
   * Resolves when it is on record: what it tells of happens, or is answered, after that.
   *
   * @throws ServingError `unavailable`
   */
  async tell(by: Principal, deed: Deed): Promise<void> {
    await this.records.record(this.eventOf(by, deed));
  }

  /** What the gateway itself saw, in whose log it belongs. @throws ServingError `unavailable` */
  tellAsGateway(tenant: string, deed: Deed): Promise<void> {
    return this.records.record({ ...this.stamp(), tenant, actor: 'gateway', actorKind: 'service', ...deed });
  }

  /** The entry, for what commits it together with the deed. @throws ServingError `unavailable` where there is no room for it */
  eventOf(by: Principal, deed: Deed): ActivityEvent {
    if (deed.outcome !== 'refused' && !isBreakGlass(by, deed)) this.room.check();
    return { ...this.stamp(), ...actorOf(by), ...deed };
  }

  private stamp(): Pick<ActivityEvent, 'id' | 'schema' | 'at'> {
    return { id: newEventId(), schema: 1, at: this.now().toISOString() };
  }
}
