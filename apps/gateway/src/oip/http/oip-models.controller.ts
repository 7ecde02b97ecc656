import { Controller, Get, Param } from '@nestjs/common';
import { ServingError } from '@medserve/errors';
import { RequireAccess } from '../../http/access';
import { Models } from '../models';
import type { ModelMetadata } from '../ports';
import { SERVER_METADATA, type ServerMetadata } from '../server-metadata';
import { InferenceStatistics } from '../statistics';
import { modelOf, modelPaths, type ModelPath } from './route-words';
import { spellStatistics } from './spell-statistics';

/** What can be asked about the server and its models. */
@Controller()
export class OipModelsController {
  constructor(
    private readonly models: Models,
    private readonly statistics: InferenceStatistics,
  ) {}

  @Get('v2')
  @RequireAccess('model:read')
  server(): ServerMetadata {
    return SERVER_METADATA;
  }

  /** KServe's list of what can be asked. */
  @Get('v2/models')
  @RequireAccess('model:read')
  list(): { models: readonly string[] } {
    return { models: [...new Set(this.models.index(true).map(({ name }) => name))] };
  }

  @Get('v2/models/stats')
  @RequireAccess('model:read')
  allStatistics(): unknown {
    return spellStatistics(this.statistics.read(undefined, undefined));
  }

  @Get(modelPaths())
  @RequireAccess('model:read')
  metadata(@Param() path: ModelPath): ModelMetadata {
    const { name, version } = modelOf(path);
    return this.models.metadata(name, version);
  }

  /** KServe's SDK reads the body, others the status. 503 and not Triton's 400 when not ready: it is no mistake of the caller's. */
  @Get(modelPaths('/ready'))
  @RequireAccess('model:read')
  ready(@Param() path: ModelPath): { name: string; ready: true } {
    const { name, version } = modelOf(path);
    this.models.metadata(name, version);
    if (this.models.ready(name, version)) return { name, ready: true };
    throw new ServingError('unavailable', `The model ${JSON.stringify(name)} is not ready.`);
  }

  @Get(modelPaths('/config'))
  @RequireAccess('model:read')
  config(@Param() path: ModelPath): Readonly<Record<string, unknown>> {
    const { name, version } = modelOf(path);
    return this.models.config(name, version);
  }

  @Get(modelPaths('/stats'))
  @RequireAccess('model:read')
  modelStatistics(@Param() path: ModelPath): unknown {
    const { name, version } = modelOf(path);
    return spellStatistics(this.statistics.read(name, version));
  }
}
