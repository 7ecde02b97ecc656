import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { OwnTokens } from '@medserve/security';
import { Sessions } from '../chat/sessions';
import { SessionsController } from '../chat/sessions.controller';
import { Turns } from '../chat/turns';
import { CacheController } from '../caching/cache.controller';
import { CachingDispatcher } from '../caching/caching-dispatcher';
import { Activities } from '../activities/activities';
import { AuditController } from '../audit/audit.controller';
import { AuditLog } from '../audit/audit-log';
import { AuditLogController } from '../audit/audit-log.controller';
import { AuditTrail } from '../audit/audit-trail';
import { AuditedResults } from '../records/audited-results';
import { ModelChanges } from '../oip/model-changes';
import type { Oversight } from '../oversight/oversight';
import { CapabilitiesController } from '../capabilities/capabilities.controller';
import { DICOM_WEB_CONTROLLERS, DicomWeb } from '../dicomweb';
import { DeliveriesController } from '../deliveries/deliveries.controller';
import { DeliveryList } from '../deliveries/delivery-list';
import { FhirController } from '../fhir/fhir.controller';
import { FhirResults } from '../fhir/fhir-results';
import { BreakGlass } from '../break-glass/break-glass';
import { BreakGlassController } from '../break-glass/break-glass.controller';
import { HealthController, Readiness } from '../health/health.controller';
import { InferController } from '../rest/infer.controller';
import { JobsController } from '../jobs/jobs.controller';
import { StillKnown } from '../identity/still-known';
import { WebSockets } from '../http/web-sockets';
import { MetricsController, PlatformMetrics } from '../metrics/metrics.controller';
import { ModelsController } from '../models/models.controller';
import { OpenApiController } from '../openapi/openapi.controller';
import { ResultsController } from '../results/results.controller';
import { KeyRegistry } from '../identity/key-registry';
import { KeysController } from '../identity/keys.controller';
import { OAuthController } from '../identity/oauth.controller';
import { SessionDoor } from '../identity/session-door';
import { PlatformUrl } from '../http/platform-url';
import { TokenEndpoint } from '../identity/token-endpoint';
import { LiveCatalogue } from '../infer/live-catalogue';
import { ImagePreparation } from '../infer/prepare-image';
import { Road } from '../infer/road';
import { JobCancellation } from '../jobs/job-cancellation';
import { JobList } from '../jobs/job-list';
import { JobRegistry } from '../jobs/job-registry';
import { JobsElsewhere } from '../jobs/jobs-elsewhere';
import { QuotaList, QuotasController } from '../quotas/quotas.controller';
import { IssuerSignIn, SignIn, SignInController } from '../sign-in';
import { StudyRoutes } from '../studies/study-routes';
import { Studies } from '../studies/studies';
import { StudiesController, StudyRoutesController } from '../studies/studies.controller';
import { UsageController, UsageReader } from '../usage/usage.controller';
import { Workitems } from '../workitems/workitems';
import { EventChannels } from '../workitems/events/event-channels';
import { SubscriptionsController } from '../workitems/events/subscriptions.controller';
import { WorkitemSubscriptions } from '../workitems/events/workitem-subscriptions';
import { WorkitemsController } from '../workitems/workitems.controller';
import { ChatController } from '../openai/chat.controller';
import { ChatPreparation } from '../openai/chat-preparation';
import { EmbeddingPreparation } from '../openai/embedding-preparation';
import { EmbeddingsController } from '../openai/embeddings.controller';
import { FilesController } from '../files/files.controller';
import { ModelList } from '../openai/model-list';
import { StreamBudget } from '../openai/stream-budget';
import { UploadedFiles } from '../files/uploaded-files';
import { OipHealthController } from '../oip/http/oip-health.controller';
import { OipInferController } from '../oip/http/oip-infer.controller';
import { OipModelsController } from '../oip/http/oip-models.controller';
import { OipRepositoryController } from '../oip/http/oip-repository.controller';
import { OipUnsupportedController } from '../oip/http/oip-unsupported.controller';
import { InspectController } from '../inspect/inspect.controller';
import { Inspection } from '../inspect/inspection';
import { Inference } from '../oip/inference';
import { ModelDefaults } from '../models/model-defaults';
import { ModelDetailing } from '../models/model-details';
import { Models } from '../oip/models';
import { InferenceStatistics } from '../oip/statistics';
import { PoolList } from '../pools/pool-list';
import { PoolsController } from '../pools/pools.controller';
import { ReviewController } from '../review/review.controller';
import { Reviews } from '../review/reviews';

/** What the controllers ask for; the room `start` says which adapter answers which port. */
export interface GatewayParts {
  readonly preparation: ImagePreparation;
  readonly inspection: Inspection;
  readonly road: Road;
  readonly jobs: JobRegistry;
  readonly jobList: JobList;
  readonly jobCancellation: JobCancellation;
  readonly jobsElsewhere: JobsElsewhere;
  readonly catalogue: LiveCatalogue;
  readonly oversight: Oversight;
  readonly readiness: Readiness;
  readonly metrics: PlatformMetrics;
  readonly cache: CachingDispatcher;
  readonly inference: Inference;
  readonly chat: ChatPreparation;
  readonly embeddings: EmbeddingPreparation;
  readonly sessions: Sessions;
  readonly turns: Turns;
  readonly uploads: UploadedFiles;
  readonly streams: StreamBudget;
  readonly models: Models;
  readonly modelDetails: ModelDetailing;
  readonly modelDefaults: ModelDefaults;
  readonly statistics: InferenceStatistics;
  readonly pools: PoolList;
  readonly quotas: QuotaList;
  readonly usage: UsageReader;
  readonly studies: Studies;
  readonly studyRoutes: StudyRoutes;
  readonly workitems: Workitems;
  readonly workitemSubscriptions: WorkitemSubscriptions;
  readonly eventChannels: EventChannels;
  readonly deliveryList: DeliveryList;
  readonly tokenEndpoint: TokenEndpoint;
  readonly keyRegistry: KeyRegistry;
  readonly signIn: SignIn;
  readonly issuerSignIn: IssuerSignIn;
  readonly sessionDoor: SessionDoor;
  readonly ownTokens: OwnTokens;
  readonly platformUrl: PlatformUrl;
  readonly fhir: FhirResults;
  readonly dicomWeb: DicomWeb;
}

/** What controllers use of the door itself that they stand behind. */
export interface DoorParts {
  readonly webSockets: WebSockets;
  readonly stillKnown: StillKnown;
}

@Module({})
export class GatewayModule {
  static with(parts: GatewayParts, door: DoorParts): DynamicModule {
    const providers: Provider[] = [
      { provide: ImagePreparation, useValue: parts.preparation },
      { provide: Inspection, useValue: parts.inspection },
      { provide: Road, useValue: parts.road },
      { provide: JobRegistry, useValue: parts.jobs },
      { provide: JobList, useValue: parts.jobList },
      { provide: JobCancellation, useValue: parts.jobCancellation },
      { provide: JobsElsewhere, useValue: parts.jobsElsewhere },
      { provide: LiveCatalogue, useValue: parts.catalogue },
      { provide: Activities, useValue: parts.oversight.activities },
      { provide: AuditedResults, useValue: parts.oversight.results },
      { provide: ModelChanges, useValue: parts.oversight.changes },
      { provide: AuditTrail, useValue: parts.oversight.trail },
      { provide: AuditLog, useValue: parts.oversight.log },
      { provide: Reviews, useValue: parts.oversight.reviews },
      { provide: BreakGlass, useValue: parts.oversight.breakGlass },
      { provide: Readiness, useValue: parts.readiness },
      { provide: PlatformMetrics, useValue: parts.metrics },
      { provide: CachingDispatcher, useValue: parts.cache },
      { provide: Inference, useValue: parts.inference },
      { provide: ChatPreparation, useValue: parts.chat },
      { provide: EmbeddingPreparation, useValue: parts.embeddings },
      { provide: StreamBudget, useValue: parts.streams },
      { provide: UploadedFiles, useValue: parts.uploads },
      { provide: Sessions, useValue: parts.sessions },
      { provide: Turns, useValue: parts.turns },
      { provide: ModelList, useValue: new ModelList(parts.catalogue) },
      { provide: Models, useValue: parts.models },
      { provide: ModelDetailing, useValue: parts.modelDetails },
      { provide: ModelDefaults, useValue: parts.modelDefaults },
      { provide: InferenceStatistics, useValue: parts.statistics },
      { provide: PoolList, useValue: parts.pools },
      { provide: QuotaList, useValue: parts.quotas },
      { provide: UsageReader, useValue: parts.usage },
      { provide: Studies, useValue: parts.studies },
      { provide: StudyRoutes, useValue: parts.studyRoutes },
      { provide: Workitems, useValue: parts.workitems },
      { provide: WorkitemSubscriptions, useValue: parts.workitemSubscriptions },
      { provide: EventChannels, useValue: parts.eventChannels },
      { provide: WebSockets, useValue: door.webSockets },
      { provide: StillKnown, useValue: door.stillKnown },
      { provide: DeliveryList, useValue: parts.deliveryList },
      { provide: TokenEndpoint, useValue: parts.tokenEndpoint },
      { provide: KeyRegistry, useValue: parts.keyRegistry },
      { provide: SignIn, useValue: parts.signIn },
      { provide: IssuerSignIn, useValue: parts.issuerSignIn },
      { provide: SessionDoor, useValue: parts.sessionDoor },
      { provide: OwnTokens, useValue: parts.ownTokens },
      { provide: PlatformUrl, useValue: parts.platformUrl },
      { provide: FhirResults, useValue: parts.fhir },
      { provide: DicomWeb, useValue: parts.dicomWeb },
    ];
    return {
      module: GatewayModule,
      controllers: [
        InferController,
        InspectController,
        JobsController,
        ResultsController,
        ModelsController,
        PoolsController,
        ChatController,
        EmbeddingsController,
        SessionsController,
        FilesController,
        AuditController,
        AuditLogController,
        ReviewController,
        BreakGlassController,
        HealthController,
        MetricsController,
        CacheController,
        OpenApiController,
        QuotasController,
        UsageController,
        StudiesController,
        StudyRoutesController,
        DeliveriesController,
        OAuthController,
        KeysController,
        SignInController,
        FhirController,
        CapabilitiesController,
        ...DICOM_WEB_CONTROLLERS,
        WorkitemsController,
        SubscriptionsController,
        OipHealthController,
        OipModelsController,
        OipInferController,
        OipRepositoryController,
        OipUnsupportedController,
      ],
      providers,
    };
  }
}
