import { Controller, Get } from '@nestjs/common';
import { openApiDocument } from '../openapi/document';
import { RequireAccess } from './access';

@Controller('openapi.json')
export class OpenApiController {
  @Get()
  @RequireAccess('open')
  describe(): unknown {
    return openApiDocument;
  }
}
