import { ArmedFailpoint } from './armed-failpoint';
import { failpointPlan, type FailpointName } from './plan';
import { seededRandom } from './seeded-random';

export { FailpointError } from './armed-failpoint';
export { seededRandom } from './seeded-random';
export type { FailpointName } from './plan';

/* Of the process (and, in a worker thread, of the thread), not of an object: a failpoint stands where nobody hands anything in. */
let armed: ReadonlyMap<FailpointName, readonly ArmedFailpoint[]> | undefined;

/**
 * Arms the failpoints that an environment names, where a process begins.
 *
 * @returns the names, for the log
 * @throws SettingsError
 */
export function armFailpoints(environment: Readonly<Record<string, string | undefined>>): readonly FailpointName[] {
  const plan = failpointPlan(environment);
  if (plan === undefined) {
    armed = undefined;
    return [];
  }
  const all = plan.faults.map((fault, place) => new ArmedFailpoint(fault, seededRandom(plan.seed + place)));
  armed = Map.groupBy(all, ({ point }) => point);
  return [...armed.keys()];
}

/**
 * A place where a test may let the process fail: `await failpoint('gateway.after-accept')`. Unless it was armed it does nothing
 * and returns `undefined`.
 */
export function failpoint(name: FailpointName): Promise<void> | undefined {
  return armed
    ?.get(name)
    ?.find((one) => one.isDue())
    ?.act();
}
