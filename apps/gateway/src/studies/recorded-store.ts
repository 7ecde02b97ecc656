import { newEventId, type ActivityEvent } from '@medserve/events';
import type { StudyStore as StoredStudies } from '@medserve/storage';
import type { Completion, GenerationKey, HeldGeneration, StudyStore } from '@medserve/studies';
import type { References } from '../privacy/subject-hashes';

/** What the engine keeps, with the entry in the ledger that tells of each study that was received. */
export function recordedStore(
  store: StoredStudies,
  references: Pick<References, 'study'>,
  now: () => Date,
): StudyStore {
  return {
    claim: store.claim.bind(store),
    renew: store.renew.bind(store),
    read: store.read.bind(store),
    release: store.release.bind(store),
    handBack: store.handBack.bind(store),
    begin: store.begin.bind(store),
    endRun: store.endRun.bind(store),
    inferred: store.inferred.bind(store),
    exporting: store.exporting.bind(store),
    deliveries: store.deliveries.bind(store),
    end: store.end.bind(store),
    runsBefore: store.runsBefore.bind(store),
    complete: (held: HeldGeneration, arrivals: number, completion: Completion) =>
      store.complete(held, arrivals, completion, received(held, completion, references, now())),
  };
}

/** A study stands in the ledger as the keyed hash of its UID, as in the records of requests. */
export const subjectOf = (references: Pick<References, 'study'>, tenant: string, studyUid: string): string =>
  `study:${references.study(tenant, studyUid)}`;

const received = (
  { tenant, studyUid, generation }: GenerationKey,
  { instances, series, plan, why }: Completion,
  references: Pick<References, 'study'>,
  at: Date,
): ActivityEvent => ({
  id: newEventId(),
  schema: 1,
  event: 'study_received',
  at: at.toISOString(),
  tenant,
  actor: 'gateway',
  actorKind: 'service',
  subject: subjectOf(references, tenant, studyUid),
  outcome: 'success',
  facts: {
    generation,
    instances,
    series,
    route: plan.routes[0] ?? 'none',
    routes: plan.routes.length,
    ...(why === undefined ? {} : { skipped: why.code }),
  },
});
