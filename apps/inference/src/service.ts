import type { Service } from '@medserve/runtime';
import { z } from 'zod';
import { startInferencePod } from './pod/start-inference-pod';

const settings = z.object({
  MEDSERVE_POD_HOST: z.string().default('127.0.0.1'),
  MEDSERVE_POD_PORT: z.coerce.number().int().min(0).max(65_535).default(8083),
  /** Folders of model packages, as a JSON array. */
  MEDSERVE_REPOSITORIES: z.string().transform((text, context) => {
    try {
      return z.array(z.string().min(1)).min(1).parse(JSON.parse(text));
    } catch {
      context.addIssue({ code: 'custom', message: 'has to be a JSON array of folders' });
      return z.NEVER;
    }
  }),
});

export const inferenceService: Service<z.output<typeof settings>> = {
  name: 'inference',
  settings,
  async start(
    { MEDSERVE_POD_HOST: host, MEDSERVE_POD_PORT: port, MEDSERVE_REPOSITORIES: repositories },
    { logger, instruments },
  ) {
    const pod = await startInferencePod({
      listen: { host, port },
      repositories,
      logger,
      onHostEvent: ({ kind, model }) => {
        switch (kind) {
          case 'started':
            instruments.hostStarts.inc({ model, outcome: 'started' });
            instruments.hostsRunning.inc({ model });
            return;
          case 'failed':
            instruments.hostStarts.inc({ model, outcome: 'failed' });
            return;
          case 'died':
            instruments.hostDeaths.inc({ model });
            instruments.hostsRunning.dec({ model });
            return;
          case 'unloaded':
            instruments.hostsRunning.dec({ model });
        }
      },
    });
    return { addresses: { pod: pod.address }, close: () => pod.close() };
  },
};
