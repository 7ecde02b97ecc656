import { Controller, Get, HttpCode, Param, Post, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ModelDefaults, type ShownDefault } from './model-defaults';
import { ModelDetailing, type ModelDetails } from './model-details';
import { expectedRevision, goBackSchema, newDefaultSchema } from './wanted-default';
import { ModelList, type ListedModel } from '../openai/model-list';
import { tellRequestIds } from '../http/request-id';
import { RequireAccess, SMALL_BODY } from '../http/access';
import { principalOf } from '../http/principal';
import { readJson } from '../http/json-body';

/** Answers our clients and OpenAI's alike: the same list under `data` and under `models`. */
@Controller('v1/models')
export class ModelsController {
  constructor(
    private readonly models: ModelList,
    private readonly details: ModelDetailing,
    private readonly defaults: ModelDefaults,
  ) {}

  @Get()
  @RequireAccess('model:read')
  list(@Res({ passthrough: true }) reply: FastifyReply): {
    object: 'list';
    data: readonly ListedModel[];
    models: readonly ListedModel[];
  } {
    tellRequestIds(reply);
    const models = this.models.list();
    return { object: 'list', data: models, models };
  }

  @Get(':name')
  @RequireAccess('model:read')
  show(@Param('name') name: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<ModelDetails> {
    tellRequestIds(reply);
    const model = this.models.find(name);
    return this.details.of(model);
  }

  @Get(':name/default')
  @RequireAccess('model:read')
  showDefault(@Param('name') name: string, @Res({ passthrough: true }) reply: FastifyReply): ShownDefault {
    return tagged(reply, this.defaults.show(name));
  }

  @Put(':name/default')
  @RequireAccess('model:manage', SMALL_BODY)
  async choose(
    @Param('name') name: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ShownDefault> {
    const { version, expected } = readJson(request, newDefaultSchema);
    const wanted = { version, expected: expectedRevision(request.headers['if-match'], expected) };
    return tagged(reply, await this.defaults.choose(principalOf(request), name, wanted));
  }

  @Post(':name/default/back')
  @HttpCode(200)
  @RequireAccess('model:manage', SMALL_BODY)
  async back(
    @Param('name') name: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ShownDefault> {
    const { expected } = readJson(request, goBackSchema);
    const revision = expectedRevision(request.headers['if-match'], expected);
    return tagged(reply, await this.defaults.back(principalOf(request), name, revision));
  }
}

/** With the revision as its tag, which a change may name in If-Match. */
function tagged(reply: FastifyReply, shown: ShownDefault): ShownDefault {
  void reply.header('etag', `"${String(shown.revision)}"`);
  return shown;
}
