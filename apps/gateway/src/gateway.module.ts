import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { CacheController } from './caching/cache.controller';
import { CachingDispatcher } from './caching/caching-dispatcher';
import { AuditController, AuditTrail } from './http/audit.controller';
import { HealthController, Readiness } from './http/health.controller';
import { InferController } from './http/infer.controller';
import { JobsController } from './http/jobs.controller';
import { MetricsController, PlatformMetrics } from './http/metrics.controller';
import { ModelsController } from './http/models.controller';
import { OpenApiController } from './http/openapi.controller';
import { ResultReader } from './http/result-reader';
import { ResultsController } from './http/results.controller';
import { LiveCatalogue } from './infer/live-catalogue';
import { ImagePreparation } from './infer/prepare-image';
import { Road } from './infer/road';
import { JobRegistry } from './jobs/job-registry';
import { OipHealthController } from './oip/http/oip-health.controller';
import { OipInferController } from './oip/http/oip-infer.controller';
import { OipModelsController } from './oip/http/oip-models.controller';
import { OipRepositoryController } from './oip/http/oip-repository.controller';
import { OipUnsupportedController } from './oip/http/oip-unsupported.controller';
import { Inference } from './oip/inference';
import { Models } from './oip/models';
import { InferenceStatistics } from './oip/statistics';

/** What the controllers ask for; `start.ts` says which adapter answers which port. */
export interface GatewayParts {
  readonly preparation: ImagePreparation;
  readonly road: Road;
  readonly jobs: JobRegistry;
  readonly results: ResultReader;
  readonly catalogue: LiveCatalogue;
  readonly trail: AuditTrail;
  readonly readiness: Readiness;
  readonly metrics: PlatformMetrics;
  readonly cache: CachingDispatcher;
  readonly inference: Inference;
  readonly models: Models;
  readonly statistics: InferenceStatistics;
}

@Module({})
export class GatewayModule {
  static with(parts: GatewayParts): DynamicModule {
    const providers: Provider[] = [
      { provide: ImagePreparation, useValue: parts.preparation },
      { provide: Road, useValue: parts.road },
      { provide: JobRegistry, useValue: parts.jobs },
      { provide: ResultReader, useValue: parts.results },
      { provide: LiveCatalogue, useValue: parts.catalogue },
      { provide: AuditTrail, useValue: parts.trail },
      { provide: Readiness, useValue: parts.readiness },
      { provide: PlatformMetrics, useValue: parts.metrics },
      { provide: CachingDispatcher, useValue: parts.cache },
      { provide: Inference, useValue: parts.inference },
      { provide: Models, useValue: parts.models },
      { provide: InferenceStatistics, useValue: parts.statistics },
    ];
    return {
      module: GatewayModule,
      controllers: [
        InferController,
        JobsController,
        ResultsController,
        ModelsController,
        AuditController,
        HealthController,
        MetricsController,
        CacheController,
        OpenApiController,
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
