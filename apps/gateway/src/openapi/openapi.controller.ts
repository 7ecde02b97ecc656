import { Controller, Get } from '@nestjs/common';
import { openApiDocument } from './document';
import { RequireAccess } from '../http/access';

@Controller('openapi.json')
export class OpenApiController {
  @Get()
  @RequireAccess('open')
  describe(): unknown {
    return openApiDocument;
  }
}
