import type { PoolDecision, ReplicaDecision, WatchDecisionsResponse } from '@medserve/contracts';
import { ScalerClient, type Link } from '@medserve/rpc';
import { LOCAL_POOL } from './local-fleet';
import type { PodSet } from './pod-set';

/** Told when the number of pods is to be another: how many, and which rule says so. */
export type ScaleListener = (pods: number, because: string) => void;

/**
 * What is to be changed by a word of the scaler's. While it knows too little, nothing is; and pods are not taken away on a decision about
 * fewer than there are, all of which the router has not seen yet.
 *
 * @param count pods that there are
 * @returns undefined: nothing
 */
export function changeOf(told: WatchDecisionsResponse | undefined, count: number): ReplicaDecision | undefined {
  const pool = told?.known === true ? told.pools.find(({ pool: name }) => name === LOCAL_POOL) : undefined;
  if (!pool?.decision || pool.decision.replicas === count) return undefined;
  return pool.decision.replicas > count || seen(pool) >= count ? pool.decision : undefined;
}

const seen = ({ readyReplicas, startingReplicas }: PoolDecision): number => readyReplicas + startingReplicas;

/** Applies what the scaler says. A number that cannot be had yet is tried again with every word of it, and told once. */
export function decisionApplier(
  pods: Pick<PodSet, 'count' | 'scaleTo'>,
  onScale: ScaleListener,
): (told: WatchDecisionsResponse | undefined) => void {
  let said: number | undefined;
  return (told) => {
    const change = changeOf(told, pods.count);
    if (!change) return;
    const { replicas, because } = change;
    if (replicas !== said) onScale(replicas, because);
    said = replicas;
    pods.scaleTo(replicas);
  };
}

/**
 * Has as many pods as the scaler decides; while it cannot be heard they stay as they are.
 *
 * @returns how to stop
 */
export function followDecisions(
  address: string,
  link: Link | undefined,
  pods: Pick<PodSet, 'count' | 'scaleTo'>,
  onScale: ScaleListener,
): () => void {
  const scaler = new ScalerClient(address, link);
  const stop = scaler.watchDecisions(decisionApplier(pods, onScale));
  return () => {
    stop();
    scaler.close();
  };
}
