import { Controller, Get, Param } from '@nestjs/common';
import { ModelList, type ListedModel } from '../openai/model-list';
import { RequireAccess } from './access';

/** Answers our clients and OpenAI's alike: the same list under `data` and under `models`. */
@Controller('v1/models')
export class ModelsController {
  constructor(private readonly models: ModelList) {}

  @Get()
  @RequireAccess('model:read')
  list(): { object: 'list'; data: readonly ListedModel[]; models: readonly ListedModel[] } {
    const models = this.models.list();
    return { object: 'list', data: models, models };
  }

  @Get(':name')
  @RequireAccess('model:read')
  show(@Param('name') name: string): ListedModel {
    return this.models.find(name);
  }
}
