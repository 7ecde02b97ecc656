import type { GrpcServer } from '@medserve/rpc';
import { readConsole } from '../console';
import { DicomWeb } from '../dicomweb';
import type { GatewayParts } from '../door/gateway.module';
import { startHttpServer, type HttpServer } from '../door/http-server';
import { FhirResults } from '../fhir/fhir-results';
import { openGrpcDoor } from '../grpc/grpc-door';
import { missingParts } from '../health/readiness';
import type { BodyBudget } from '../http/body-budget';
import type { GatewayIdentity } from '../identity/identity';
import { DEFAULT_LIMITS } from '../infer/limits';
import { JobCancellation } from '../jobs/job-cancellation';
import { JobList } from '../jobs/job-list';
import { JobRegistry } from '../jobs/job-registry';
import { JobsElsewhere } from '../jobs/jobs-elsewhere';
import { PlatformMetrics } from '../metrics/metrics.controller';
import type { ModelRoom } from '../models/open-models';
import type { Oversight } from '../oversight/oversight';
import type { SignInRoom } from '../sign-in';
import type { Ground, Start } from './open-ground';
import type { Protocols } from './open-protocols';
import type { OpenedRecord } from './open-record';
import type { OpenedRoad } from './open-road';
import type { OpenedStudies } from './open-studies';

/** All that stands behind the doors. */
export interface BehindDoors {
  readonly ground: Ground;
  readonly record: OpenedRecord;
  readonly models: ModelRoom;
  readonly identity: GatewayIdentity;
  readonly road: OpenedRoad;
  readonly studies: OpenedStudies;
  readonly protocols: Protocols;
  readonly oversight: Oversight;
  readonly signIns: SignInRoom;
  /** Of the bodies of all requests, by whichever door. */
  readonly budget: BodyBudget;
}

export interface OpenedDoors {
  readonly http: Pick<HttpServer, 'url'>;
  readonly grpc: Pick<GrpcServer, 'address'>;
  /** What the gateway lacks to be ready. */
  readonly missing: () => Promise<readonly string[]>;
}

/** Opens the doors, gRPC's first. @throws what the system says where a port cannot be had */
export async function openDoors(start: Start, behind: BehindDoors): Promise<OpenedDoors> {
  const { settings, context, lifecycle } = start;
  const { instruments, logger } = context;
  const { ground, road, protocols, oversight, budget } = behind;
  const { authenticator } = behind.identity;
  const missing = (): Promise<readonly string[]> => missingParts(ground.storage, ground.router);
  const parts = httpParts(start, behind, missing);
  const grpc = lifecycle.add(
    'grpc',
    await openGrpcDoor({
      ...road,
      ...protocols,
      listen: { host: settings.MEDSERVE_HTTP_HOST, port: settings.MEDSERVE_GRPC_PORT },
      security: ground.doorTls?.grpc(),
      maxMessageBytes: DEFAULT_LIMITS.bodyBytes,
      budget,
      authenticator,
      oversight,
      catalogue: ground.catalogue,
      instruments,
      missing,
    }),
  );
  const consoleDir = settings.MEDSERVE_CONSOLE_DIR;
  const http = lifecycle.add(
    'http',
    await startHttpServer({
      host: settings.MEDSERVE_HTTP_HOST,
      port: settings.MEDSERVE_HTTP_PORT,
      tls: ground.doorTls,
      limits: DEFAULT_LIMITS,
      budget,
      authenticator,
      doorkeeper: road.doorkeeper,
      instruments,
      logger,
      console: consoleDir === undefined ? undefined : await readConsole(consoleDir),
      parts,
    }),
  );
  return { http, grpc, missing };
}

/** What the controllers ask for. */
function httpParts(start: Start, behind: BehindDoors, missing: OpenedDoors['missing']): GatewayParts {
  const { settings, context, lifecycle } = start;
  const { instruments, logger } = context;
  const { ground, record, models, identity, road, studies, protocols, oversight, signIns, budget } = behind;
  const { storage, catalogue, pools } = ground;
  const { outbox, activities } = record;
  const { references } = road;
  const jobs = new JobRegistry();
  const jobCancellation = lifecycle.add(
    'job cancellation',
    new JobCancellation({ store: storage.jobs, jobs, activities, logger }).start(),
  );
  const { results } = oversight;
  return {
    ...road,
    ...protocols,
    ...signIns,
    oversight,
    catalogue,
    pools,
    jobs,
    jobList: new JobList(storage.jobs, jobs),
    jobCancellation,
    jobsElsewhere: new JobsElsewhere({ store: storage.jobs, results, now: () => performance.now() }),
    readiness: { missing, record: settings.MEDSERVE_RECORD, outbox: () => outbox.state },
    quotas: {
      of: (tenants) => storage.quotas.of(tenants),
      clientConcurrency: settings.MEDSERVE_CLIENT_CONCURRENCY,
    },
    usage: storage.usage,
    studies: studies.room.studies,
    studyRoutes: studies.room.routes,
    workitems: studies.room.workitems,
    workitemSubscriptions: studies.room.subscriptions,
    eventChannels: studies.room.channels,
    deliveryList: studies.deliveryList,
    metrics: new PlatformMetrics(instruments, settings.MEDSERVE_METRICS_PEERS, logger),
    modelDetails: models.details,
    modelDefaults: models.defaults,
    tokenEndpoint: identity.endpoint,
    keyRegistry: identity.registry,
    ownTokens: identity.tokens,
    platformUrl: identity.url,
    fhir: fhirResults(behind),
    dicomWeb: new DicomWeb({ ...studies, activities, references, url: identity.url, budget }),
  };
}

const fhirResults = ({ ground: { storage }, record, road, oversight, identity }: BehindDoors): FhirResults =>
  new FhirResults({
    results: oversight.results,
    contexts: road.contexts,
    activities: record.activities,
    references: road.references,
    log: storage.audit,
    runOf: (tenant, request) => storage.studies.store.runOfRequest(tenant, request),
    caughtUp: (tenant) => storage.ledger.caughtUp({ tenant }),
    url: () => identity.url.get(),
  });
