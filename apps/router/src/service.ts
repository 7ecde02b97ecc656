import { ServingError } from '@medserve/errors';
import { ServiceTls, parseAddressSource } from '@medserve/rpc';
import { SettingsError, watchCertificate, type Service } from '@medserve/runtime';
import { z } from 'zod';
import { readFleetFile } from './fleet-file';
import { observePools } from './observe-pools';
import type { DescribedPool } from './settings';
import { startRouter } from './start-router';
import { traceWaits } from './traced-routes';

const settings = z
  .object({
    MEDSERVE_ROUTER_HOST: z.string().default('127.0.0.1'),
    MEDSERVE_ROUTER_PORT: z.coerce.number().int().min(0).max(65_535).default(8082),
    MEDSERVE_TLS_DIR: z.string().optional(),
    /** Of the agents of pods, separated by commas: host:port, dns:host:port or file:PATH. */
    MEDSERVE_PODS: z
      .string()
      .default('')
      .transform((text) => text.split(',').filter((part) => part !== ''))
      .refine(
        (sources) => sources.every(isSource),
        'has to be host:port, dns:host:port or file:PATH, with commas between',
      ),
    /** Describes the pools whose replicas come and go. */
    MEDSERVE_FLEET_FILE: z.string().optional(),
  })
  .refine(({ MEDSERVE_PODS: pods, MEDSERVE_FLEET_FILE: fleet }) => pods.length > 0 || fleet !== undefined, {
    path: ['MEDSERVE_PODS'],
    message: 'has to be there where there is no MEDSERVE_FLEET_FILE',
  });

function isSource(text: string): boolean {
  try {
    parseAddressSource(text);
    return true;
  } catch {
    return false;
  }
}

/** @throws SettingsError with all mistakes of the file, as of any setting */
async function readPools(path: string): Promise<readonly DescribedPool[]> {
  try {
    return await readFleetFile(path);
  } catch (error) {
    if (!(error instanceof ServingError)) throw error;
    throw new SettingsError(error.message.split('\n').map((line) => `MEDSERVE_FLEET_FILE: ${line}`));
  }
}

export const routerService: Service<z.output<typeof settings>> = {
  name: 'router',
  settings,
  async start(
    {
      MEDSERVE_ROUTER_HOST: host,
      MEDSERVE_ROUTER_PORT: port,
      MEDSERVE_PODS: pods,
      MEDSERVE_FLEET_FILE: fleetFile,
      MEDSERVE_TLS_DIR: tls,
    },
    { logger, instruments, drainMs },
  ) {
    const router = await startRouter({
      listen: { host, port },
      tls: ServiceTls.open(tls, 'router', { observer: watchCertificate('service', { logger, instruments }) }),
      pods,
      pools: fleetFile === undefined ? [] : await readPools(fleetFile),
      logger,
      graceMs: drainMs,
      tracer: instruments.tracer,
      observer: traceWaits({
        ...observePools(instruments),
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
      }),
    });
    return { addresses: { router: router.address }, close: () => router.close() };
  },
};
