import { ScalerService } from '@medserve/contracts';
import { ExternalScalerService } from '@medserve/contracts/keda';
import { startGrpcServer } from '@medserve/rpc';
import { systemClock } from './clock';
import { Decisions } from './decisions/decisions';
import { RouterWatches } from './demand/router-watches';
import { FleetFile } from './fleet-file';
import { externalScaler } from './keda/external-scaler';
import { watchDecisions } from './scaler-methods';
import type { ScalerSettings } from './settings';

export interface RunningScaler {
  /** host:port */
  readonly address: string;
  /** Whether every router was heard since the start, so that there are answers. */
  isRebuilt(): boolean;
  /** Ends every stream well, then the server. */
  close(): Promise<void>;
}

const TICK_MS = 1_000;
const CLOSE_GRACE_MS = 5_000;

/**
 * Starts the scaler; resolves when it listens, with routers or without.
 *
 * @throws ServingError `invalid_request` that tells what is wrong with the description of the fleet
 */
export async function startScaler(settings: ScalerSettings): Promise<RunningScaler> {
  const { logger, tls, clock = systemClock, observer = {} } = settings;
  const { cooldown = 'keda', routerKeepMs = 30_000, maxRouterSlots = 10_000, repeatMs = 10_000 } = settings;
  const fleet = await FleetFile.open(settings.fleetFile, {
    clock,
    logger,
    onChange: (pools) => {
      decisions.describe(pools);
      logger.info('the description of the fleet changed', { count: pools.length });
    },
  });
  const decisions = new Decisions(
    {
      cooldown,
      keepMs: routerKeepMs,
      maxRouterSlots,
      onCut: (address) => {
        logger.warn('a router asks for more slots of a pool than one may: what is above does not count', {
          address,
          count: maxRouterSlots,
        });
      },
    },
    fleet.pools,
    clock,
  );
  const server = await startGrpcServer({
    listen: settings.listen,
    security: tls?.serve(['keda', 'gateway']),
    graceMs: CLOSE_GRACE_MS,
    register: (grpc, closing) => {
      const keda = externalScaler({
        decisions,
        clock,
        repeatMs,
        closing,
        observer: {
          onPush: (pool) => observer.onPush?.(pool),
          onCall: (method, outcome) => observer.onCall?.(method, outcome),
        },
      });
      grpc.addService(ExternalScalerService, keda);
      grpc.addService(ScalerService, { watchDecisions: watchDecisions(decisions, closing) });
    },
  }).catch((error: unknown) => {
    fleet.close();
    throw error;
  });
  const routers = new RouterWatches({
    sources: settings.routers,
    link: tls?.call('router'),
    logger,
    listener: decisions,
  });
  const stopTicking = clock.every(TICK_MS, () => {
    decisions.tick();
    observer.onDecided?.(decisions.all());
    observer.onRouters?.(decisions.routers, decisions.isRebuilt);
  });
  logger.info('the scaler serves', { address: server.address, count: fleet.pools.length });
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await server.close();
    stopTicking();
    routers.close();
    fleet.close();
  };
  return {
    address: server.address,
    isRebuilt: () => decisions.isRebuilt,
    close: () => (closing ??= close()),
  };
}
