import type { ScalingPolicy } from '@medserve/serving';

/** Of every pool: KEDA keeps the metrics of one ScaledObject apart by a prefix of its own. At most 40 characters. */
export const METRIC_NAME = 'medserve-slots';

/** A figure as KEDA wants it: the float is read where it is greater than 0, the integer otherwise and by older releases. */
export interface Figure {
  readonly whole: number;
  readonly float: number;
}

const MILLI = 1_000;

/*
 * Kubernetes counts in thousandths, and KEDA cuts off what is below them: a float whose thousandfold comes out a hair too small, as
 * 1001 / 1000 * 1000 does, would lose one of them.
 */
function exact(milli: number): number {
  const float = milli / MILLI;
  return Math.trunc(float * MILLI) === milli ? float : float * (1 + Number.EPSILON);
}

/** Two thousandths: with fewer there is no figure between two whole counts of replicas. */
const LEAST_MILLI = 2;

const targetMilli = ({ slotsPerReplica, targetUtilization }: ScalingPolicy): number =>
  Math.max(LEAST_MILLI, Math.round(MILLI * slotsPerReplica * targetUtilization));

/** Slots that a replica is meant to have: the `AverageValue` of the HorizontalPodAutoscaler. */
export function targetOf(policy: ScalingPolicy): Figure {
  const milli = targetMilli(policy);
  return { whole: Math.max(1, Math.round(milli / MILLI)), float: exact(milli) };
}

/**
 * How far below the whole count. The autoscaler leaves replicas as they are when the figure is within a tolerance of a tenth of what they
 * are meant for: a hundredth below, one replica more is seen from up to 9 and one less from up to 10, which are the most that pools have
 * by default. With `tolerance: 0` in its behaviour it is seen from any.
 */
const BELOW = 0.01;

/** The figure of which the autoscaler's arithmetic, ⌈figure / target⌉, makes exactly these replicas. */
export function figureFor(policy: ScalingPolicy, replicas: number): Figure {
  if (replicas <= 0) return { whole: 0, float: 0 };
  return {
    whole: replicas * targetOf(policy).whole,
    float: exact(Math.round((replicas - BELOW) * targetMilli(policy))),
  };
}
