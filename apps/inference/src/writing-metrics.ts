import type { PoolStats } from '@medserve/engines';
import type { Instruments } from '@medserve/runtime';
import type { HostEvent } from './settings';

/** Counts what a host that writes reports: what it has done since its report before, and what it is now. */
export function countWriting(
  { model, figures, since, isServing }: Extract<HostEvent, { kind: 'wrote' }>,
  { writing }: Pick<Instruments, 'writing'>,
): void {
  const { stats, preempted, answers } = figures;
  const more = (
    figure: 'steps' | 'rows' | 'promptTokens' | 'cachedTokens' | 'writtenTokens' | 'imageHits' | 'imageMisses',
  ) => Math.max(0, stats[figure] - (since?.stats[figure] ?? 0));
  writing.steps.inc({ model }, more('steps'));
  writing.rows.inc({ model }, more('rows'));
  writing.tokens.inc({ model, kind: 'prompt' }, more('promptTokens'));
  writing.tokens.inc({ model, kind: 'cached' }, more('cachedTokens'));
  writing.tokens.inc({ model, kind: 'written' }, more('writtenTokens'));
  writing.images.inc({ model, outcome: 'hit' }, more('imageHits'));
  writing.images.inc({ model, outcome: 'miss' }, more('imageMisses'));
  writing.preempted.inc({ model }, preempted - (since?.preempted ?? 0));
  for (const { firstTokenMs, tokensPerSecond } of answers) {
    writing.firstTokenSeconds.observe({ model }, firstTokenMs / 1_000);
    if (tokensPerSecond !== undefined) writing.tokensPerSecond.observe({ model }, tokensPerSecond);
  }
  if (!isServing) return;
  writing.slots.set({ model }, stats.slots);
  writing.busySlots.set({ model }, stats.busySlots);
  writing.cacheBytes.set({ model }, stats.cacheBytes);
  if (stats.pool) showPool(model, stats.pool, writing);
}

/** What the servers do not tell is not shown. */
function showPool(
  model: string,
  { serving, draining, gone, running, waiting, cacheUsage }: PoolStats,
  { poolServers, poolRequests, poolCacheRatio }: Instruments['writing'],
): void {
  for (const [state, count] of Object.entries({ serving, draining, gone })) poolServers.set({ model, state }, count);
  for (const [state, count] of Object.entries({ running, waiting })) {
    if (count === undefined) poolRequests.remove({ model, state });
    else poolRequests.set({ model, state }, count);
  }
  if (cacheUsage === undefined) poolCacheRatio.remove({ model });
  else poolCacheRatio.set({ model }, cacheUsage);
}

/** No host of the model serves any more; where another does, its next report says so. */
export function forgetWriting(model: string, { writing }: Pick<Instruments, 'writing'>): void {
  const { slots, busySlots, cacheBytes, poolServers, poolRequests, poolCacheRatio } = writing;
  for (const gauge of [slots, busySlots, cacheBytes, poolCacheRatio]) gauge.remove({ model });
  for (const state of ['serving', 'draining', 'gone']) poolServers.remove({ model, state });
  for (const state of ['running', 'waiting']) poolRequests.remove({ model, state });
}
