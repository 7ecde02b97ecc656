import { newEventId, type ActivityEvent } from '@medserve/events';
import type { Principal } from '@medserve/security';
import { actorOf } from '../infer/record-events';

/** What was done, or refused, as its entry in the ledger tells it. */
export type Deed = Pick<ActivityEvent, 'event' | 'subject' | 'outcome' | 'reason' | 'facts'>;

export interface ActivityRecords {
  record(event: ActivityEvent): Promise<void>;
}

/** Puts on record what people and systems do beside asking models. */
export class Activities {
  constructor(
    private readonly records: ActivityRecords,
    private readonly now: () => Date,
  ) {}

  /**
   * Resolves when it is on record: what it tells of happens, or is answered, after that.
   *
   * @throws ServingError `unavailable`
   */
  tell(by: Principal, deed: Deed): Promise<void> {
    return this.records.record(this.eventOf(by, deed));
  }

  /** What the gateway itself saw, in whose log it belongs. @throws ServingError `unavailable` */
  tellAsGateway(tenant: string, deed: Deed): Promise<void> {
    return this.records.record({ ...this.stamp(), tenant, actor: 'gateway', actorKind: 'service', ...deed });
  }

  /** The entry, for what commits it together with the deed. */
  eventOf(by: Principal, deed: Deed): ActivityEvent {
    return { ...this.stamp(), ...actorOf(by), ...deed };
  }

  private stamp(): Pick<ActivityEvent, 'id' | 'schema' | 'at'> {
    return { id: newEventId(), schema: 1, at: this.now().toISOString() };
  }
}
