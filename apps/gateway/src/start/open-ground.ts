import { DecodePool } from '@medserve/imaging';
import { DoorTls, RouterClient, ServiceTls } from '@medserve/rpc';
import { watchCertificate, type Closable, type Lifecycle, type ServiceContext } from '@medserve/runtime';
import { openStorage, type Storage } from '@medserve/storage';
import { firstCatalogue } from '../infer/first-catalogue';
import { LiveCatalogue } from '../infer/live-catalogue';
import { openPools, type PoolList } from '../pools/pool-list';
import type { GatewaySettings } from '../settings';

const DATABASE_CONNECTIONS = 16;
const DECODE_QUEUE = 512;
const DECODE_TIMEOUT_MS = 60_000;

/** What every step of a start is given. What a step opens it adds to the lifecycle, which closes it in the reverse order. */
export interface Start {
  readonly settings: GatewaySettings;
  readonly context: ServiceContext;
  readonly lifecycle: Lifecycle;
}

/** What all of a gateway stands on: the database, the router, threads that decode; and the certificates of its doors. */
export interface Ground {
  readonly storage: Storage;
  /** A number of this process alone, which the database says to live as long as it does. */
  readonly owner: string;
  /** Has something done whenever the database may have taken this gateway for dead. */
  readonly whenDoubted: (act: () => void) => void;
  readonly router: RouterClient;
  readonly pools: PoolList;
  /** As the router told it first; it is told of changes from now on. */
  readonly catalogue: LiveCatalogue;
  readonly threads: DecodePool;
  /** Absent: callers speak in the clear. */
  readonly doorTls: DoorTls | undefined;
}

/** @throws what is wrong with a folder of certificates; the database's own errors where it cannot be had */
export async function openGround({ settings, context, lifecycle }: Start): Promise<Ground> {
  const { logger } = context;
  const storage = lifecycle.add('storage', await openStorage(databaseOptions(settings, context)));
  let doubt = (): void => undefined;
  const ownership = await storage.holdOwnership((error) => {
    logger.warn('the connection that says that this gateway lives was lost; it is made again', { error });
    doubt();
  });
  lifecycle.add('ownership', { close: () => ownership.release() });
  const tls = ServiceTls.open(settings.MEDSERVE_TLS_DIR, 'gateway', {
    observer: watchCertificate('service', context),
  });
  const router = new RouterClient(settings.MEDSERVE_ROUTER, { link: tls?.call('router') });
  lifecycle.add(
    'router',
    closing(() => {
      router.close();
    }),
  );
  const pools = lifecycle.add('pools', openPools(router, settings.MEDSERVE_SCALER, tls?.call('scaler')));
  const doorTls = DoorTls.open(settings.MEDSERVE_DOOR_TLS_DIR, { observer: watchCertificate('door', context) });
  const catalogue = new LiveCatalogue(new Date());
  await firstCatalogue(router, catalogue, logger);
  const threads = lifecycle.add(
    'decoder',
    new DecodePool({
      workers: settings.MEDSERVE_DECODE_WORKERS,
      queueLimit: DECODE_QUEUE,
      timeoutMs: DECODE_TIMEOUT_MS,
    }),
  );
  const whenDoubted = (act: () => void): void => {
    doubt = act;
  };
  return { storage, owner: ownership.owner, whenDoubted, router, pools, catalogue, threads, doorTls };
}

const closing = (close: () => void): Closable => ({
  close: () => {
    close();
    return Promise.resolve();
  },
});

const databaseOptions = (settings: GatewaySettings, { logger }: ServiceContext) => ({
  url: settings.MEDSERVE_DATABASE_URL,
  poolSize: DATABASE_CONNECTIONS,
  applicationName: 'medserve-gateway',
  role: 'gateway' as const,
  onLostConnection: (error: unknown) => {
    logger.warn('a connection to the database was lost; it is made again', { error });
  },
});
