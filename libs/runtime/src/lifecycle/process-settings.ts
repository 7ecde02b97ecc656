import { z } from 'zod';
import { LOG_LEVELS } from '../telemetry/logger';

const USUAL_LOG_LEVEL = 'info';
/** From the first moment on, before the settings are read: one that is none of the levels is told then. */
export const earlyLogLevel = (said: string | undefined): string =>
  LOG_LEVELS.find((level) => level === said) ?? USUAL_LOG_LEVEL;

const port = z.coerce.number().int().min(0).max(65_535);
const milliseconds = z.coerce.number().int().min(0).max(3_600_000);

/** What every service's process takes from its environment, beside what the service itself wants. */
export const processSettings = z.object({
  MEDSERVE_LOG_LEVEL: z.enum(LOG_LEVELS).default(USUAL_LOG_LEVEL),
  /** Where this process answers probes and Prometheus, in the clear: for the network of a cluster. Absent: nowhere. */
  MEDSERVE_PROBE_PORT: port.optional(),
  MEDSERVE_PROBE_HOST: z.string().default('127.0.0.1'),
  /** Where the gateway of the same machine fetches this process's metrics. Absent: nowhere. */
  MEDSERVE_METRICS_PORT: port.optional(),
  /** From the order to end to the moment when nobody sends anything new: until then it goes on serving. */
  MEDSERVE_DRAIN_SETTLE_MS: milliseconds.default(0),
  /** For what runs then. */
  MEDSERVE_DRAIN_MS: milliseconds.default(5_000),
});

export type ProcessSettings = z.output<typeof processSettings>;
