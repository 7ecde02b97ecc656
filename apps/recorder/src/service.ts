import { loadSigningKey } from '@medserve/ledger';
import type { Service } from '@medserve/runtime';
import { z } from 'zod';
import { startRecorder } from './start';

const settings = z.object({
  MEDSERVE_DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'has to be a postgres:// URL'),
  MEDSERVE_LEDGER_KEY_FILE: z.string().min(1),
  /** host:port, separated by commas; without it events go to the ledger within the process. */
  MEDSERVE_KAFKA_BROKERS: z
    .string()
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .optional(),
  MEDSERVE_KAFKA_TOPIC: z.string().min(1).optional(),
});

export const recorderService: Service<z.output<typeof settings>> = {
  name: 'recorder',
  settings,
  async start(found, { logger, instruments }) {
    const { MEDSERVE_KAFKA_BROKERS: brokers, MEDSERVE_KAFKA_TOPIC: topic } = found;
    const recorder = await startRecorder({
      databaseUrl: found.MEDSERVE_DATABASE_URL,
      ledgerKey: loadSigningKey(found.MEDSERVE_LEDGER_KEY_FILE),
      ...(brokers === undefined ? {} : { kafka: { brokers, ...(topic === undefined ? {} : { topic }) } }),
      logger,
      instruments,
    });
    return { addresses: {}, close: () => recorder.close() };
  },
};
