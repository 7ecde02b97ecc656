import { parseAddressSource, ServiceTls } from '@medserve/rpc';
import { watchCertificate, type Instruments, type Service } from '@medserve/runtime';
import { WARMTHS } from '@medserve/serving';
import { z } from 'zod';
import type { PoolState } from './decisions/decisions';
import type { ScalerObserver } from './settings';
import { startScaler } from './start-scaler';

/** Routers that do not answer are waited for this long: then the scaler is ready to say that it knows nothing. */
const PATIENCE_MS = 30_000;

const settings = z.object({
  MEDSERVE_SCALER_HOST: z.string().default('127.0.0.1'),
  MEDSERVE_SCALER_PORT: z.coerce.number().int().min(0).max(65_535).default(8085),
  MEDSERVE_TLS_DIR: z.string().optional(),
  MEDSERVE_FLEET_FILE: z.string().min(1),
  /** host:port, dns:host:port or file:PATH, separated by commas: every router, for each sees only what comes to it. */
  MEDSERVE_ROUTERS: z.string().transform((text, context) => {
    try {
      return z
        .array(z.string())
        .min(1)
        .parse(text.split(',').filter((part) => part !== ''))
        .map(parseAddressSource);
    } catch {
      context.addIssue({ code: 'custom', message: 'has to be host:port, dns:host:port or file:PATH, at least one' });
      return z.NEVER;
    }
  }),
  /** Who waits before the last replica of a pool is taken. */
  MEDSERVE_SCALER_COOLDOWN: z.enum(['keda', 'own']).default('keda'),
  /** The most slots of a pool that one router may ask for. */
  MEDSERVE_SCALER_ROUTER_SLOTS: z.coerce.number().positive().default(10_000),
});

export const scalerService: Service<z.output<typeof settings>> = {
  name: 'scaler',
  settings,
  async start(values, { logger, instruments }) {
    const beganAt = performance.now();
    const scaler = await startScaler({
      listen: { host: values.MEDSERVE_SCALER_HOST, port: values.MEDSERVE_SCALER_PORT },
      tls: ServiceTls.open(values.MEDSERVE_TLS_DIR, 'scaler', {
        observer: watchCertificate('service', { logger, instruments }),
      }),
      fleetFile: values.MEDSERVE_FLEET_FILE,
      routers: values.MEDSERVE_ROUTERS,
      cooldown: values.MEDSERVE_SCALER_COOLDOWN,
      maxRouterSlots: values.MEDSERVE_SCALER_ROUTER_SLOTS,
      logger,
      observer: observe(instruments),
    });
    return {
      addresses: { scaler: scaler.address },
      // KEDA is not sent to one that knows nothing yet while another does; but for ever it would not even learn the targets.
      missing: () =>
        Promise.resolve(
          scaler.isRebuilt() || performance.now() - beganAt > PATIENCE_MS ? [] : ['the demand of every router'],
        ),
      close: () => scaler.close(),
    };
  },
};

function observe({ scaler }: Instruments): ScalerObserver {
  return {
    onDecided: (pools) => {
      // A pool that is not described any more, or of which nothing is known now, has no figure.
      for (const gauge of [scaler.demandSlots, scaler.desiredReplicas, scaler.panic, scaler.warmth]) gauge.reset();
      for (const state of pools) tell(state);
    },
    onRouters: (routers, isRebuilt) => {
      for (const [state, count] of Object.entries(routers)) scaler.routers.set({ state }, count);
      scaler.rebuilt.set(isRebuilt ? 1 : 0);
    },
    onPush: (pool) => {
      scaler.pushes.inc({ pool });
    },
    onCall: (method, outcome) => {
      scaler.calls.inc({ method, outcome });
    },
  };

  function tell({ description: { name: pool }, figures, decision }: PoolState): void {
    if (!decision) return;
    scaler.demandSlots.set({ pool }, figures.queuedSlots + figures.runningSlots);
    scaler.desiredReplicas.set({ pool }, decision.replicas);
    scaler.panic.set({ pool }, decision.mode === 'panic' ? 1 : 0);
    for (const warmth of WARMTHS) scaler.warmth.set({ pool, warmth }, decision.warmth === warmth ? 1 : 0);
  }
}
