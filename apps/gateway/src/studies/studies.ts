import { ServingError } from '@medserve/errors';
import type { ActivityEvent } from '@medserve/events';
import type { Principal } from '@medserve/security';
import type { ListedStudy, OrderOutcome, StateSum, Studies as StoredStudies } from '@medserve/storage';
import { STUDY_STATES, type RouteVerdict, type StudyState } from '@medserve/studies';
import { z } from 'zod';
import type { Activities } from '../activities/activities';
import type { References } from '../privacy/subject-hashes';
import { subjectOf } from './recorded-store';

const PAGE = { usual: 100, most: 1_000 };
const UID = /^[0-9.]{1,64}$/;
const CURSOR = /^(\d{1,15})~([0-9.]{1,64})~(\d{1,9})$/;

const states = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(STUDY_STATES)).max(STUDY_STATES.length));

/** What stands in the query of `GET /v1/studies`. */
export const studiesQuery = z.strictObject({
  state: states.optional(),
  route: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .optional(),
  modality: z
    .string()
    .regex(/^[A-Z0-9]{1,16}$/)
    .optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  request: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(PAGE.most).default(PAGE.usual),
  cursor: z.string().regex(CURSOR).optional(),
});

export type StudiesQuery = z.output<typeof studiesQuery>;

export interface StudiesPage {
  /** Of every state that there is any in: how many, and how long ago the first instance of the oldest came. */
  readonly summary: Readonly<Partial<Record<StudyState, { readonly studies: number; readonly oldestSeconds: number }>>>;
  readonly studies: readonly ListedStudy[];
  readonly next: string | null;
}

export interface StudyFound {
  readonly studyUid: string;
  /** The latest first. */
  readonly generations: readonly (ListedStudy & { readonly verdicts: readonly RouteVerdict[] })[];
}

export interface StudyOrdered {
  readonly studyUid: string;
  readonly generation: number;
  readonly state: StudyState;
}

export interface StudiesParts {
  readonly store: Pick<StoredStudies, 'list' | 'orders'>;
  readonly activities: Pick<Activities, 'eventOf'>;
  readonly references: Pick<References, 'study'>;
  /** Called when something was ordered: it need not wait until the engine looks by itself. */
  readonly wake: () => void;
}

/** Studies as their tenant sees them, and what people order of them, which is on record with what it changes. */
export class Studies {
  constructor(private readonly parts: StudiesParts) {}

  /** @throws ServingError `unavailable` */
  async list({ tenant }: Principal, query: StudiesQuery): Promise<StudiesPage> {
    const { list } = this.parts.store;
    const { state, route, modality, since, request, limit, cursor } = query;
    const after = cursor === undefined ? undefined : placeOf(cursor);
    const found = await list.list({
      tenant,
      states: state,
      route,
      modality,
      since: since === undefined ? undefined : new Date(since),
      request,
      after,
      limit: limit + 1,
    });
    const studies = found.slice(0, limit);
    const last = studies.at(-1);
    return {
      summary: summaryOf(await list.sums(tenant)),
      studies,
      next: found.length > limit && last !== undefined ? cursorOf(last) : null,
    };
  }

  /** @throws ServingError `not_found`, `unavailable` */
  async find({ tenant }: Principal, studyUid: string): Promise<StudyFound> {
    const generations = UID.test(studyUid) ? await this.parts.store.list.find(tenant, studyUid) : [];
    if (generations.length === 0) throw unknown();
    return { studyUid, generations };
  }

  /** Its sender has sent all of it. @throws ServingError `not_found`, `study_state`, `unavailable` */
  go(by: Principal, studyUid: string): Promise<StudyOrdered> {
    return this.order(by, studyUid, 'go');
  }

  /** @throws ServingError as `go` */
  cancel(by: Principal, studyUid: string): Promise<StudyOrdered> {
    return this.order(by, studyUid, 'cancel');
  }

  /** @throws ServingError as `go` */
  requeue(by: Principal, studyUid: string): Promise<StudyOrdered> {
    return this.order(by, studyUid, 'requeue');
  }

  private async order(by: Principal, studyUid: string, order: Order): Promise<StudyOrdered> {
    if (!UID.test(studyUid)) throw unknown();
    const { store, wake } = this.parts;
    const tell = (generation: number): ActivityEvent => this.told(by, studyUid, order, generation);
    const outcome = await store.orders[order](by.tenant, studyUid, tell);
    if (outcome === undefined) throw unknown();
    if (outcome.kind === 'refused') throw refused(order, outcome);
    wake();
    return { studyUid, generation: outcome.generation, state: outcome.state };
  }

  private told(by: Principal, studyUid: string, order: Order, generation: number): ActivityEvent {
    const { activities, references } = this.parts;
    return activities.eventOf(by, {
      event: 'study_requeued',
      subject: subjectOf(references, by.tenant, studyUid),
      outcome: 'success',
      facts: { order, generation },
    });
  }
}

type Order = 'go' | 'cancel' | 'requeue';

const unknown = (): ServingError =>
  new ServingError('not_found', 'No study of this UID was received.', {
    remedy: 'GET /v1/studies lists those that were; one is listed as soon as its first instance is stored.',
  });

const ALLOWED: Readonly<Record<Order, string>> = {
  go: 'only a study that is still being received can be told to go',
  cancel: 'only a study that has no results yet can be cancelled',
  requeue: 'only a study that failed or was skipped can be requeued',
};

const refused = (order: Order, { state, reason }: Extract<OrderOutcome, { kind: 'refused' }>): ServingError =>
  new ServingError('study_state', `The study is ${state}${reason === null ? '' : ` (${reason})`}: ${ALLOWED[order]}.`);

const summaryOf = (sums: readonly StateSum[]): StudiesPage['summary'] =>
  Object.fromEntries(
    STUDY_STATES.flatMap((state) => {
      const sum = sums.find((one) => one.state === state);
      return sum === undefined ? [] : [[state, { studies: sum.studies, oldestSeconds: Math.round(sum.oldestSeconds) }]];
    }),
  );

const cursorOf = ({ receivedAt, studyUid, generation }: ListedStudy): string =>
  `${String(receivedAt.getTime())}~${studyUid}~${String(generation)}`;

function placeOf(cursor: string) {
  const [, at, studyUid = '', generation] = CURSOR.exec(cursor) ?? [];
  return { receivedAt: new Date(Number(at)), studyUid, generation: Number(generation) };
}
