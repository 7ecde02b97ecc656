import { kafkaOf, kafkaSettings, withKafkaRules } from '@medserve/events';
import type { Service } from '@medserve/runtime';
import { DRIFT_PLAN, DRIFT_RULES, surelyInWindow } from '@medserve/serving';
import { z } from 'zod';
import { startMonitor } from './start';

const samples = (usual: number) => z.coerce.number().int().min(20).max(5_000).default(usual);

const settings = withKafkaRules(
  z
    .object({
      MEDSERVE_DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'has to be a postgres:// URL'),
      ...kafkaSettings,
      /** Answers of a model at a place that make its reference. */
      MEDSERVE_MONITOR_REFERENCE: samples(DRIFT_PLAN.referenceSamples),
      /** Latest answers that are compared with it, at most. */
      MEDSERVE_MONITOR_WINDOW: samples(DRIFT_PLAN.windowSamples),
      /** Fewer are not compared. */
      MEDSERVE_MONITOR_LEAST: samples(DRIFT_PLAN.leastSamples),
      /** Share of false alarms among all that is put up with. */
      MEDSERVE_MONITOR_FALSE_ALARMS: z.coerce.number().gt(0).max(0.2).default(DRIFT_RULES.falseDiscoveryRate),
      MEDSERVE_MONITOR_LOOK_MS: z.coerce.number().int().min(100).max(3_600_000).default(15_000),
    })
    .refine(
      (found) => found.MEDSERVE_MONITOR_LEAST <= surelyInWindow({ windowSamples: found.MEDSERVE_MONITOR_WINDOW }),
      {
        path: ['MEDSERVE_MONITOR_LEAST'],
        message: 'cannot be more than nine tenths of MEDSERVE_MONITOR_WINDOW, which is what a window always holds',
      },
    ),
);

export const monitorService: Service<z.output<typeof settings>> = {
  name: 'monitor',
  settings,
  async start(found, { logger, instruments }) {
    const monitor = await startMonitor({
      databaseUrl: found.MEDSERVE_DATABASE_URL,
      kafka: kafkaOf(found),
      plan: {
        referenceSamples: found.MEDSERVE_MONITOR_REFERENCE,
        windowSamples: found.MEDSERVE_MONITOR_WINDOW,
        leastSamples: found.MEDSERVE_MONITOR_LEAST,
      },
      rules: { ...DRIFT_RULES, falseDiscoveryRate: found.MEDSERVE_MONITOR_FALSE_ALARMS },
      lookEveryMs: found.MEDSERVE_MONITOR_LOOK_MS,
      logger,
      instruments,
    });
    return { addresses: {}, close: () => monitor.close() };
  },
};
