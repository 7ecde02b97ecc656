import { ServingError } from '@medserve/errors';
import { isId } from '@medserve/events';
import type { Principal } from '@medserve/security';
import type { DeliveryStore, StoredDelivery } from '@medserve/storage';
import { z } from 'zod';
import type { Activities } from '../activities/activities';

const STATES = ['waiting', 'sending', 'delivered', 'dead'] as const;
const PAGE = { usual: 100, most: 1_000 };

const destination = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);

/** What stands in the query of `GET /v1/deliveries`. */
export const deliveriesQuery = z.strictObject({
  state: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(STATES)).max(STATES.length))
    .optional(),
  destination: destination.optional(),
  study: z
    .string()
    .regex(/^[0-9.]{1,64}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(PAGE.most).default(PAGE.usual),
});

/** What stands in the body of `POST /v1/deliveries/requeue`. */
export const requeueBody = z.strictObject({ destination });

export type ListedDelivery = Omit<StoredDelivery, 'tenant'>;

export interface DeliveryListParts {
  readonly store: Pick<DeliveryStore, 'list' | 'requeue'>;
  readonly activities: Pick<Activities, 'eventOf'>;
  /** Called when something was requeued: destinations that were down are asked at once. */
  readonly insist: () => void;
}

/** Results on their way to other systems, as their tenant sees them; and the dead ones, sent again on its word. */
export class DeliveryList {
  constructor(private readonly parts: DeliveryListParts) {}

  /** Newest first. @throws ServingError `unavailable` */
  async list(
    { tenant }: Principal,
    { state, study, ...question }: z.output<typeof deliveriesQuery>,
  ): Promise<readonly ListedDelivery[]> {
    const found = await this.parts.store.list({ tenant, states: state, studyUid: study, ...question });
    return found.map(listed);
  }

  /** @throws ServingError `not_found` where none of this id is dead; `unavailable` */
  async requeue(by: Principal, id: string): Promise<ListedDelivery> {
    const [found] = isId(id) ? await this.again(by, { id }) : [];
    if (found !== undefined) return found;
    throw new ServingError('not_found', 'No dead delivery has this id.', {
      remedy:
        'GET /v1/deliveries?state=dead lists those that are dead. One whose study has newer results there is not sent again.',
    });
  }

  /** All that is dead of one destination, a thousand at a time. @throws ServingError `unavailable` */
  requeueAll(by: Principal, { destination: to }: z.output<typeof requeueBody>): Promise<readonly ListedDelivery[]> {
    return this.again(by, { destination: to });
  }

  private async again(
    by: Principal,
    of: { readonly id?: string; readonly destination?: string },
  ): Promise<readonly ListedDelivery[]> {
    const { store, activities, insist } = this.parts;
    const again = await store.requeue({ tenant: by.tenant, ...of }, ({ id, destination: to, generation }) =>
      activities.eventOf(by, {
        event: 'study_requeued',
        subject: `delivery:${id}`,
        outcome: 'success',
        facts: { order: 'deliver', destination: to, generation },
      }),
    );
    if (again.length > 0) insist();
    return again.map(listed);
  }
}

const listed = (found: StoredDelivery): ListedDelivery => ({
  id: found.id,
  studyUid: found.studyUid,
  generation: found.generation,
  destination: found.destination,
  state: found.state,
  attempts: found.attempts,
  createdAt: found.createdAt,
  since: found.since,
  nextAt: found.nextAt,
  settledAt: found.settledAt,
  lastError: found.lastError,
  lastStatus: found.lastStatus,
});
