import { z } from 'zod';
import { loadSettings } from '../settings/load-settings';

/** The places in our own code where a test may let a process fail. */
const FAILPOINTS = [
  'gateway.before-accept',
  'gateway.after-accept',
  'gateway.before-complete',
  'gateway.after-complete',
  'router.dispatch',
  'host.before-run',
  'host.after-run',
  'relay.before-publish',
  'relay.after-publish',
  'recorder.after-append',
  'studies.before-complete',
  'studies.after-complete',
  'studies.before-run',
  'studies.after-run',
  'studies.before-results',
  'studies.after-results',
  'studies.after-export',
  'deliveries.before-send',
  'deliveries.before-settle',
] as const;

export type FailpointName = (typeof FAILPOINTS)[number];

const fault = z.strictObject({
  point: z.enum(FAILPOINTS),
  /** `exit`: the process kills itself (-9). `block`: the event loop stands still. `delay`: only the one who passes waits. */
  do: z.enum(['exit', 'throw', 'delay', 'block']),
  /** Of `delay` and `block`. */
  ms: z.int().min(0).max(600_000).default(0),
  /** Acts at this passing, counted from 1, and not before or after. */
  at: z.int().positive().optional(),
  /** Acts with this chance, 0 to 1, by the seed. */
  chance: z.number().min(0).max(1).optional(),
  /**
   * A file. The failpoint acts, and counts, only while it is there, and takes it away when it acts: so a test chooses the
   * moment, and a process that is started again does not die again.
   */
  fuse: z.string().min(1).optional(),
});

export type Fault = z.output<typeof fault>;

export interface FailpointPlan {
  readonly seed: number;
  /** Of those at one point, the first that acts is the one. */
  readonly faults: readonly Fault[];
}

const plan = z.strictObject({
  seed: z.int().default(1),
  faults: z.array(fault).max(100),
});

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'has to be JSON' });
    return z.NEVER;
  }
});

const settings = z
  .object({
    MEDSERVE_FAILPOINTS: json.pipe(plan).optional(),
    MEDSERVE_FAILPOINTS_ARE_FOR_TESTS: z.string().optional(),
  })
  .refine((found) => found.MEDSERVE_FAILPOINTS === undefined || found.MEDSERVE_FAILPOINTS_ARE_FOR_TESTS === 'yes', {
    path: ['MEDSERVE_FAILPOINTS_ARE_FOR_TESTS'],
    message: 'has to be "yes" where MEDSERVE_FAILPOINTS is set: failpoints break a platform on purpose',
  });

/**
 * The failpoints that an environment arms; none where `MEDSERVE_FAILPOINTS` is not set.
 *
 * @throws SettingsError
 */
export function failpointPlan(environment: Readonly<Record<string, string | undefined>>): FailpointPlan | undefined {
  // Most processes have none, and those that hurry to start need not look further.
  if (environment['MEDSERVE_FAILPOINTS'] === undefined) return undefined;
  return loadSettings(settings, environment).MEDSERVE_FAILPOINTS;
}
