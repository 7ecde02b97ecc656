import type { WorkitemOrders } from '@medserve/storage';
import { candidateRoutes, type Route, type StudyArchive } from '@medserve/studies';

/**
 * Facts of a study with what workitems order of it. Which routes may take it is noted while it comes in: that is what its workitems are
 * called before anything is decided.
 */
export const orderedFacts = (
  archive: StudyArchive,
  routes: readonly Route[],
  orders: Pick<WorkitemOrders, 'wanted' | 'noteCandidates'>,
): StudyArchive => ({
  facts: async (key) => {
    const [facts, { ordered, orderedClass, candidates }] = await Promise.all([archive.facts(key), orders.wanted(key)]);
    const study =
      ordered.length === 0 ? facts : { ...facts, ordered: { routes: ordered, class: orderedClass ?? 'routine' } };
    const names = candidateRoutes(routes, study)
      .map(({ name }) => name)
      .sort();
    if (names.join() !== candidates.join()) await orders.noteCandidates(key, names);
    return study;
  },
});
