import { DecodePool } from '@medserve/imaging';
import {
  DoorTls,
  RouterClient,
  ServiceTls,
  addHealth,
  addReflection,
  startGrpcServer,
  type CallContext,
} from '@medserve/rpc';
import { Lifecycle, type Closable, type Service, type ServiceContext } from '@medserve/runtime';
import { loadKeyWrapper, loadSubjectReferences, type Principal } from '@medserve/security';
import { ContentVault, DataKeys, openStorage, type Storage } from '@medserve/storage';
import { Activities } from './activities/activities';
import { pooledDecoder } from './adapters/pooled-decoder';
import { routerDispatcher } from './adapters/router-dispatcher';
import { storedRecords } from './adapters/stored-records';
import { unrecorded } from './adapters/unrecorded';
import { oversightOf, tellDenials } from './audit/oversight';
import { cachedModels } from './caching/cached-model';
import { CachingDispatcher } from './caching/caching-dispatcher';
import { grpcGate } from './grpc/gate';
import { MEDSERVE_SERVICE } from './grpc/infer-method';
import { medServeService } from './grpc/medserve-service';
import { BodyBudget } from './http/body-budget';
import { startHttpServer } from './http/http-server';
import { PlatformMetrics } from './http/metrics.controller';
import { ResultReader } from './http/result-reader';
import type { Wake } from './infer/cold-start';
import { gatewayIdentity } from './identity/identity';
import { LiveCatalogue } from './infer/live-catalogue';
import { DEFAULT_LIMITS } from './infer/limits';
import { ImagePreparation } from './infer/prepare-image';
import { Road } from './infer/road';
import { JobRegistry } from './jobs/job-registry';
import { inferenceService } from './oip/grpc/inference-service';
import { INFERENCE_SERVICE } from './oip/grpc/wire/methods';
import { Inference } from './oip/inference';
import { Models } from './oip/models';
import { observedDispatcher } from './oip/observed-dispatcher';
import { InferenceStatistics } from './oip/statistics';
import { secretFile } from './privacy/secret-files';
import { Doorkeeper } from './quotas/doorkeeper';
import { openQuotas } from './quotas/open-quotas';
import { OutboxWatch } from './quotas/outbox-watch';
import { settingsSchema, type GatewaySettings } from './settings';
import { UsageMeter } from './usage/usage-meter';

const CACHED_ANSWER = { maxEntryBytes: 16 << 20, maxAgeMs: 600_000 };
const SERVICES = ['medserve.v1.MedServe', 'inference.GRPCInferenceService'];
const DECODE_QUEUE = 512;
const DECODE_TIMEOUT_MS = 60_000;
const DATABASE_CONNECTIONS = 16;
const FIRST_CATALOGUE_MS = 30_000;
const GRACE_MS = 6_000;
const HEALTH_EVERY_MS = 1_000;

/** The composition root of the gateway: which adapter answers which port, and the order in which things end. */
export const gatewayService: Service<GatewaySettings> = {
  name: 'gateway',
  settings: settingsSchema,
  async start(settings, context) {
    const { logger, instruments } = context;
    const lifecycle = new Lifecycle(logger, GRACE_MS);
    try {
      const storage = lifecycle.add('storage', await openStorage(databaseOptions(settings, context)));
      const ownership = await storage.holdOwnership((error) => {
        logger.warn('the connection that says that this gateway lives was lost; it is made again', { error });
      });
      lifecycle.add('ownership', { close: () => ownership.release() });
      const router = new RouterClient(settings.MEDSERVE_ROUTER, {
        link: ServiceTls.open(settings.MEDSERVE_TLS_DIR, 'gateway')?.call('router'),
      });
      lifecycle.add(
        'router',
        closing(() => {
          router.close();
        }),
      );
      const doorTls = DoorTls.open(settings.MEDSERVE_DOOR_TLS_DIR);
      const catalogue = new LiveCatalogue(new Date());
      await firstCatalogue(router, catalogue);
      const pool = lifecycle.add(
        'decoder',
        new DecodePool({
          workers: settings.MEDSERVE_DECODE_WORKERS,
          queueLimit: DECODE_QUEUE,
          timeoutMs: DECODE_TIMEOUT_MS,
        }),
      );
      const statistics = new InferenceStatistics({ catalogue, instruments, now: Date.now });
      const cache = new CachingDispatcher({
        dispatcher: routerDispatcher(router),
        modelOf: cachedModels(catalogue),
        limits: { maxBytes: settings.MEDSERVE_CACHE_BYTES, ...CACHED_ANSWER },
        observer: {
          looked: (model, outcome, elapsedMs) => {
            statistics.looked(model, outcome, elapsedMs);
          },
          changed: (entries, bytes) => {
            instruments.cacheEntries.set(entries);
            instruments.cacheBytes.set(bytes);
          },
        },
        now: () => performance.now(),
      });
      const dispatcher = observedDispatcher(cache, statistics);
      const records =
        settings.MEDSERVE_RECORD === 'on'
          ? storedRecords(storage.records, ownership.owner, contentVault(storage, settings))
          : unrecorded(logger);
      const activities = new Activities(storage.activities, () => new Date());
      const identity = gatewayIdentity(settings, { storage, activities, logger });
      const { authenticator } = identity;
      // What does not get through is tried again by the next who finds the model cold.
      const wake: Wake = (model) => void router.wake(model).catch(() => undefined);
      const references = loadSubjectReferences(secretFile(settings, 'references'));
      const preparation = new ImagePreparation({
        wake,
        references,
        decoder: pooledDecoder(pool, instruments),
        dispatcher,
        catalogue,
        instruments,
      });
      const meter = lifecycle.add(
        'usage',
        new UsageMeter({ store: storage.usage, gateway: ownership.owner, instruments, logger, now: Date.now }).start(),
      );
      const ceiling = { events: settings.MEDSERVE_OUTBOX_MAX_EVENTS, bytes: settings.MEDSERVE_OUTBOX_MAX_BYTES };
      const outbox = lifecycle.add(
        'outbox',
        new OutboxWatch({ reader: storage, ceiling, instruments, logger }).start(),
      );
      const clientConcurrency = settings.MEDSERVE_CLIENT_CONCURRENCY;
      const { quotas } = lifecycle.add(
        'quotas',
        openQuotas({ store: storage.quotas, owner: ownership.owner, clientConcurrency, instruments, logger }),
      );
      const doorkeeper = new Doorkeeper({ quotas, outbox, meter, instruments });
      const enter = (by: Principal) => doorkeeper.enter(by);
      const road = new Road({ dispatcher, records, instruments, logger, now: () => new Date(), meter });
      lifecycle.add('road', { close: () => road.drain() });
      const results = new ResultReader(records);
      const inference = new Inference({ catalogue, road, instruments, references });
      const models = new Models(catalogue, router);
      const oversight = oversightOf({ storage, activities, results, models, references, instruments });
      const { denials, changes } = oversight;
      lifecycle.add('denials', tellDenials(denials));
      const missing = (): Promise<readonly string[]> => missingParts(storage, router);

      const budget = new BodyBudget(DEFAULT_LIMITS.bodiesInFlightBytes);
      const gate = grpcGate({
        authenticator,
        check: (by) => doorkeeper.check(by),
        instruments,
        denials,
        budget,
        maxMessageBytes: DEFAULT_LIMITS.bodyBytes,
      });
      const principalOf = (context: CallContext): Principal => gate.callerOf(context);
      const grpc = lifecycle.add(
        'grpc',
        await startGrpcServer({
          gate,
          listen: { host: settings.MEDSERVE_HTTP_HOST, port: settings.MEDSERVE_GRPC_PORT },
          security: doorTls?.grpc(),
          maxMessageBytes: DEFAULT_LIMITS.bodyBytes,
          register: (server) => {
            server.addService(
              MEDSERVE_SERVICE,
              medServeService({
                principalOf,
                enter,
                preparation,
                road,
                catalogue,
                results: oversight.results,
                instruments,
                references,
                wake,
              }),
            );
            server.addService(
              INFERENCE_SERVICE,
              inferenceService({
                principalOf,
                enter,
                onRefused: ({ reason }) => {
                  instruments.refusals.inc({ reason });
                },
                onAnswered: (message) => {
                  gate.done(message);
                },
                inference,
                models,
                changes,
                statistics,
                ready: async () => (await missing()).length === 0,
              }),
            );
            addReflection(server, SERVICES);
            lifecycle.add('health', watchHealth(addHealth(server, SERVICES), missing));
          },
        }),
      );
      const http = lifecycle.add(
        'http',
        await startHttpServer({
          host: settings.MEDSERVE_HTTP_HOST,
          port: settings.MEDSERVE_HTTP_PORT,
          tls: doorTls,
          limits: DEFAULT_LIMITS,
          budget,
          authenticator,
          doorkeeper,
          instruments,
          logger,
          parts: {
            preparation,
            road,
            jobs: new JobRegistry(),
            oversight,
            catalogue,
            readiness: { missing, record: settings.MEDSERVE_RECORD, outbox: () => outbox.state },
            quotas: { of: (tenants) => storage.quotas.of(tenants), clientConcurrency },
            usage: storage.usage,
            cache,
            metrics: new PlatformMetrics(instruments, settings.MEDSERVE_METRICS_PEERS, logger),
            inference,
            models,
            statistics,
            tokenEndpoint: identity.endpoint,
            keyRegistry: identity.registry,
            ownTokens: identity.tokens,
            platformUrl: identity.url,
          },
        }),
      );
      identity.url.listening(http.url);
      return { addresses: { url: http.url, grpc: grpc.address }, close: () => lifecycle.close() };
    } catch (error) {
      await lifecycle.close();
      throw error;
    }
  },
};

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

const contentVault = (storage: Storage, settings: GatewaySettings): ContentVault =>
  new ContentVault(
    new DataKeys(storage.contentKeys, loadKeyWrapper(secretFile(settings, 'content')), () => performance.now()),
  );

/** Follows the router's catalogue; resolves when it has told it once, so that "ready" means that models can be named. */
function firstCatalogue(router: RouterClient, catalogue: LiveCatalogue): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error('the router did not tell its models in time'));
    }, FIRST_CATALOGUE_MS);
    router.watchModels((models, status) => {
      catalogue.update(models, status);
      if (models.length === 0 && !status.complete) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

async function missingParts(storage: Storage, router: RouterClient): Promise<readonly string[]> {
  const hasDatabase = await storage.ping().then(
    () => true,
    () => false,
  );
  return [...(hasDatabase ? [] : ['database']), ...(router.ready() ? [] : ['router'])];
}

/** Keeps `grpc.health.v1` at what `/readyz` says. */
function watchHealth(health: { set(serving: boolean): void }, missing: () => Promise<readonly string[]>): Closable {
  const look = (): void => {
    void missing().then((parts) => {
      health.set(parts.length === 0);
    });
  };
  look();
  const timer = setInterval(look, HEALTH_EVERY_MS);
  return closing(() => {
    clearInterval(timer);
    health.set(false);
  });
}
