import { DecodePool } from '@medserve/imaging';
import { DoorTls, RouterClient, ServiceTls } from '@medserve/rpc';
import { Lifecycle, watchCertificate, type Closable, type Service, type ServiceContext } from '@medserve/runtime';
import { loadKeyWrapper, loadSubjectReferences } from '@medserve/security';
import { ContentVault, DataKeys, openStorage, type Storage } from '@medserve/storage';
import { Activities } from './activities/activities';
import { pooledDecoder } from './adapters/pooled-decoder';
import { routerDispatcher } from './adapters/router-dispatcher';
import { storedRecords } from './adapters/stored-records';
import { unrecorded } from './adapters/unrecorded';
import { Denials } from './activities/denials';
import { oversightOf, tellDenials } from './oversight/oversight';
import { cachedModels } from './caching/cached-model';
import { CachingDispatcher } from './caching/caching-dispatcher';
import { readConsole } from './console';
import { DicomWeb } from './dicomweb';
import { openGrpcDoor } from './grpc/grpc-door';
import { BodyBudget } from './http/body-budget';
import { startHttpServer } from './door/http-server';
import { PlatformMetrics } from './metrics/metrics.controller';
import { FhirResults } from './fhir/fhir-results';
import { ResultContexts } from './fhir/result-contexts';
import { ResultReader } from './records/result-reader';
import type { Wake } from './infer/cold-start';
import { gatewayIdentity } from './identity/identity';
import { firstCatalogue } from './infer/first-catalogue';
import { LiveCatalogue } from './infer/live-catalogue';
import { openConversations } from './chat/open-conversations';
import { DEFAULT_LIMITS } from './infer/limits';
import { ImagePreparation } from './infer/prepare-image';
import { Road } from './infer/road';
import { JobCancellation } from './jobs/job-cancellation';
import { JobList } from './jobs/job-list';
import { JobRegistry } from './jobs/job-registry';
import { JobsElsewhere } from './jobs/jobs-elsewhere';
import { ChatPreparation } from './openai/chat-preparation';
import { EmbeddingPreparation } from './openai/embedding-preparation';
import { LanguageModels } from './openai/language-models';
import { StreamBudget } from './openai/stream-budget';
import { UploadedFiles } from './files/uploaded-files';
import { openModels } from './models/open-models';
import { Inspection } from './inspect/inspection';
import { Inference } from './oip/inference';
import { Models } from './oip/models';
import { observedDispatcher } from './oip/observed-dispatcher';
import { InferenceStatistics } from './oip/statistics';
import { secretFile } from './privacy/secret-files';
import { Doorkeeper } from './quotas/doorkeeper';
import { openQuotas } from './quotas/open-quotas';
import { OutboxWatch } from './quotas/outbox-watch';
import { openPools } from './pools/pool-list';
import { missingParts } from './health/readiness';
import { openSignIn, sessionLimits } from './sign-in';
import { settingsSchema, type GatewaySettings } from './settings';
import { openStudies } from './studies/open-studies';
import { UsageMeter } from './usage/usage-meter';

const CACHED_ANSWER = { maxEntryBytes: 16 << 20, maxAgeMs: 600_000 };
const DECODE_QUEUE = 512;
const DECODE_TIMEOUT_MS = 60_000;
const DATABASE_CONNECTIONS = 16;
/** To close what is behind the doors, beside the time for what runs. */
const CLOSE_MS = 1_000;

/** The composition root of the gateway: which adapter answers which port, and the order in which things end. */
export const gatewayService: Service<GatewaySettings> = {
  name: 'gateway',
  settings: settingsSchema,
  async start(settings, context) {
    const { logger, instruments } = context;
    const lifecycle = new Lifecycle(logger, context.drainMs + CLOSE_MS);
    try {
      const storage = lifecycle.add('storage', await openStorage(databaseOptions(settings, context)));
      let doubtSlots = (): void => undefined;
      const ownership = await storage.holdOwnership((error) => {
        logger.warn('the connection that says that this gateway lives was lost; it is made again', { error });
        doubtSlots();
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
        dispatcher: routerDispatcher(router, catalogue),
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
      const vault = contentVault(storage, settings);
      const records =
        settings.MEDSERVE_RECORD === 'on' ? storedRecords(storage.records, ownership.owner, vault) : unrecorded(logger);
      const ceiling = { events: settings.MEDSERVE_OUTBOX_MAX_EVENTS, bytes: settings.MEDSERVE_OUTBOX_MAX_BYTES };
      const outbox = lifecycle.add(
        'outbox',
        new OutboxWatch({ reader: storage, ceiling, instruments, logger }).start(),
      );
      const activities = new Activities(storage.activities, outbox, () => new Date());
      const modelRoom = lifecycle.add(
        'models',
        await openModels({ store: storage.modelDefaults, catalogue, router, activities, instruments, logger }),
      );
      const identity = gatewayIdentity(settings, { storage, limits: sessionLimits(settings), activities, logger });
      const { authenticator } = identity;
      // What does not get through is tried again by the next who finds the model cold.
      const wake: Wake = (model) => void router.wake(model).catch(() => undefined);
      const references = loadSubjectReferences(secretFile(settings, 'references'));
      const decoder = pooledDecoder(pool, instruments);
      const preparation = new ImagePreparation({
        wake,
        references,
        decoder,
        dispatcher,
        catalogue,
        instruments,
      });
      const meter = lifecycle.add(
        'usage',
        new UsageMeter({ store: storage.usage, gateway: ownership.owner, instruments, logger, now: Date.now }).start(),
      );
      const clientConcurrency = settings.MEDSERVE_CLIENT_CONCURRENCY;
      const { quotas } = lifecycle.add(
        'quotas',
        openQuotas({ store: storage.quotas, owner: ownership.owner, clientConcurrency, instruments, logger }),
      );
      doubtSlots = () => {
        quotas.doubtSlots();
      };
      const doorkeeper = new Doorkeeper({ quotas, outbox, meter, instruments });
      const contexts = new ResultContexts({ store: storage.contexts, vault, references, now: () => new Date() });
      const road = new Road({
        dispatcher,
        records,
        instruments,
        logger,
        now: () => new Date(),
        references,
        meter,
        contexts: settings.MEDSERVE_RECORD === 'on' ? contexts : undefined,
      });
      lifecycle.add('road', { close: () => road.drain() });
      const denials = new Denials(activities);
      lifecycle.add('denials', tellDenials(denials));
      const studies = lifecycle.add(
        'studies',
        await openStudies({
          settings,
          storage,
          records,
          contexts,
          preparation,
          road,
          activities,
          denials,
          room: outbox,
          references,
          url: identity.url,
          holder: ownership.owner,
          instruments,
          logger,
        }),
      );
      const results = new ResultReader(records);
      const inference = new Inference({ catalogue, road, instruments, references });
      const languages = new LanguageModels(catalogue);
      const uploads = new UploadedFiles({
        store: storage.uploads,
        vault,
        activities,
        references,
        now: () => new Date(),
      });
      const chat = new ChatPreparation({ decoder, models: languages, uploads, road, instruments, references, wake });
      const embeddings = new EmbeddingPreparation({ models: languages, instruments, references, wake });
      const budget = new BodyBudget(DEFAULT_LIMITS.bodiesInFlightBytes);
      const conversations = openConversations({
        budget,
        store: storage.sessions,
        vault,
        models: languages,
        activities,
        preparation: chat,
        road,
        logger,
      });
      const models = new Models(catalogue, router);
      const oversight = oversightOf({ storage, activities, denials, results, models, references, vault, instruments });
      const fhir = new FhirResults({
        results: oversight.results,
        contexts,
        activities,
        references,
        log: storage.audit,
        runOf: (tenant, request) => storage.studies.store.runOfRequest(tenant, request),
        caughtUp: (tenant) => storage.ledger.caughtUp({ tenant }),
        url: () => identity.url.get(),
      });
      const signIns = openSignIn({ settings, storage, identity, activities, denials, logger });
      const jobs = new JobRegistry();
      const jobCancellation = lifecycle.add(
        'job cancellation',
        new JobCancellation({ store: storage.jobs, jobs, activities, logger }).start(),
      );
      const missing = (): Promise<readonly string[]> => missingParts(storage, router);

      const grpc = lifecycle.add(
        'grpc',
        await openGrpcDoor({
          listen: { host: settings.MEDSERVE_HTTP_HOST, port: settings.MEDSERVE_GRPC_PORT },
          security: doorTls?.grpc(),
          maxMessageBytes: DEFAULT_LIMITS.bodyBytes,
          budget,
          authenticator,
          doorkeeper,
          oversight,
          preparation,
          road,
          catalogue,
          references,
          inference,
          models,
          statistics,
          instruments,
          wake,
          missing,
        }),
      );
      const consoleDir = settings.MEDSERVE_CONSOLE_DIR;
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
          console: consoleDir === undefined ? undefined : await readConsole(consoleDir),
          parts: {
            preparation,
            inspection: new Inspection({ decoder, dispatcher, catalogue, instruments }),
            road,
            jobs,
            jobList: new JobList(storage.jobs, jobs),
            jobCancellation,
            jobsElsewhere: new JobsElsewhere({
              store: storage.jobs,
              results: oversight.results,
              now: () => performance.now(),
            }),
            oversight,
            catalogue,
            readiness: { missing, record: settings.MEDSERVE_RECORD, outbox: () => outbox.state },
            pools,
            quotas: { of: (tenants) => storage.quotas.of(tenants), clientConcurrency },
            usage: storage.usage,
            studies: studies.room.studies,
            studyRoutes: studies.room.routes,
            workitems: studies.room.workitems,
            workitemSubscriptions: studies.room.subscriptions,
            eventChannels: studies.room.channels,
            deliveryList: studies.deliveryList,
            cache,
            metrics: new PlatformMetrics(instruments, settings.MEDSERVE_METRICS_PEERS, logger),
            inference,
            chat,
            embeddings,
            ...conversations,
            uploads,
            streams: new StreamBudget(instruments.streamBytes),
            models,
            modelDetails: modelRoom.details,
            modelDefaults: modelRoom.defaults,
            statistics,
            tokenEndpoint: identity.endpoint,
            keyRegistry: identity.registry,
            ...signIns,
            ownTokens: identity.tokens,
            platformUrl: identity.url,
            fhir,
            dicomWeb: new DicomWeb({ ...studies, activities, references, url: identity.url, budget }),
          },
        }),
      );
      identity.url.listening(http.url);
      const page = consoleDir === undefined ? {} : { console: `${http.url}/` };
      const addresses = { url: http.url, grpc: grpc.address, ...page, ...studies.addresses(http.url) };
      return { addresses, missing, close: () => lifecycle.close() };
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
