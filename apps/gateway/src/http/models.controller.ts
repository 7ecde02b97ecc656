import { Controller, Get, Param } from '@nestjs/common';
import { LiveCatalogue, type ModelView } from '../infer/live-catalogue';
import { RequireAccess } from './access';

/** Answers our clients and OpenAI's alike: the same list under `data` and under `models`. */
@Controller('v1/models')
export class ModelsController {
  constructor(private readonly catalogue: LiveCatalogue) {}

  @Get()
  @RequireAccess('model:read')
  list(): { object: 'list'; data: readonly ModelView[]; models: readonly ModelView[] } {
    const models = this.catalogue.views();
    return { object: 'list', data: models, models };
  }

  @Get(':name')
  @RequireAccess('model:read')
  show(@Param('name') name: string): ModelView {
    return this.catalogue.view(name);
  }
}
