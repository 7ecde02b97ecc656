import { KIND_DEFAULTS } from '@medserve/fleet';
import type { ScalingPolicy } from '@medserve/serving';
import fc from 'fast-check';
import { figureFor, METRIC_NAME, targetOf, type Figure } from './figures';

const policyOf = (slotsPerReplica: number, targetUtilization: number): ScalingPolicy => ({
  ...KIND_DEFAULTS.cpu,
  slotsPerReplica,
  targetUtilization,
  minReplicas: 0,
  maxReplicas: 10_000,
  floors: [],
  idleWarmth: 'cold',
});

/** KEDA, `GenerateMetricInMili` and `GetMetricTargetMili` of pkg/scalers/scaler.go: cut off below a thousandth. */
const milliOf = ({ whole, float }: Figure): number => Math.trunc((float > 0 ? float : whole) * 1_000);

/** Kubernetes 1.36, `GetExternalPerPodMetricReplicas` of pkg/controller/podautoscaler/replica_calculator.go. */
function autoscaled(current: number, figure: Figure, target: Figure, tolerance: number): number {
  const usage = milliOf(figure);
  const ratio = usage / (milliOf(target) * current);
  return 1 - tolerance <= ratio && ratio <= 1 + tolerance ? current : Math.ceil(usage / milliOf(target));
}

const slots = fc.integer({ min: 1, max: 100_000 });
const utilization = fc.double({ min: 0.01, max: 1, noNaN: true });
const count = fc.integer({ min: 1, max: 10_000 });

describe('the figure that KEDA is told', () => {
  it('has a name that KEDA takes', () => {
    expect(METRIC_NAME.length).toBeLessThanOrEqual(40);
  });

  it('makes exactly the replicas that were decided, from any other count, where the autoscaler has no tolerance', () => {
    fc.assert(
      fc.property(slots, utilization, count, count, (perReplica, share, current, decided) => {
        const policy = policyOf(perReplica, share);
        expect(autoscaled(current, figureFor(policy, decided), targetOf(policy), 0)).toBe(decided);
      }),
      { numRuns: 2_000 },
    );
  });

  it('makes exactly them with the usual tolerance too, up to the 10 replicas that pools have by default', () => {
    fc.assert(
      fc.property(
        slots,
        utilization,
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 10 }),
        (perReplica, share, current, decided) => {
          const policy = policyOf(perReplica, Math.max(0.1, share));
          expect(autoscaled(current, figureFor(policy, decided), targetOf(policy), 0.1)).toBe(decided);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('says the same in whole numbers, for releases that do not read the float', () => {
    const policy = policyOf(3, 0.8);
    expect(targetOf(policy)).toEqual({ whole: 2, float: 2.4 });
    for (const decided of [1, 2, 7])
      expect(Math.ceil(figureFor(policy, decided).whole / targetOf(policy).whole)).toBe(decided);
  });

  it('is nothing where nothing is wanted', () => {
    expect(figureFor(policyOf(4, 0.8), 0)).toEqual({ whole: 0, float: 0 });
  });

  it('loses no thousandth of a float that is not exact', () => {
    for (let milli = 2; milli < 20_000; milli += 1)
      expect(milliOf(targetOf(policyOf(milli, 0.001)))).toBe(Math.max(2, milli));
  });
});
