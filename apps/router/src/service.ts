import { ServiceTls } from '@medserve/rpc';
import { watchCertificate, type Service } from '@medserve/runtime';
import { z } from 'zod';
import { startRouter } from './start-router';

const settings = z.object({
  MEDSERVE_ROUTER_HOST: z.string().default('127.0.0.1'),
  MEDSERVE_ROUTER_PORT: z.coerce.number().int().min(0).max(65_535).default(8082),
  /** host:port of the agents, separated by commas. */
  MEDSERVE_TLS_DIR: z.string().optional(),
  MEDSERVE_PODS: z.string().transform((text) => text.split(',').filter((part) => part !== '')),
});

export const routerService: Service<z.output<typeof settings>> = {
  name: 'router',
  settings,
  async start(
    { MEDSERVE_ROUTER_HOST: host, MEDSERVE_ROUTER_PORT: port, MEDSERVE_PODS: pods, MEDSERVE_TLS_DIR: tls },
    { logger, instruments },
  ) {
    const router = await startRouter({
      listen: { host, port },
      tls: ServiceTls.open(tls, 'router', { observer: watchCertificate('service', { logger, instruments }) }),
      pods,
      logger,
      observer: {
        onInFlight: (count) => {
          instruments.routerInFlight.set(count);
        },
        onQueue: (name, count) => {
          instruments.routerQueue.set({ class: name }, count);
        },
        onWaited: (seconds) => {
          instruments.routerWaitSeconds.observe(seconds);
        },
        onRetry: () => {
          instruments.routerRetries.inc();
        },
        onEjection: () => {
          instruments.routerEjections.inc();
        },
        onShed: (reason) => {
          instruments.routerShed.inc({ reason });
        },
      },
    });
    return { addresses: { router: router.address }, close: () => router.close() };
  },
};
