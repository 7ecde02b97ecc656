import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ServingError } from '@medserve/errors';
import type { ResourceType } from '@medserve/interop';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireAccess } from '../http/access';
import { principalOf } from '../http/default-deny';
import { PlatformUrl } from '../identity/platform-url';
import { capabilityOf } from './capability';
import { requireFhirJson } from './fhir-format';
import { FhirResults } from './fhir-results';
import { servedType, type Interaction } from './fhir-table';
import { searchQuestion } from './search-question';
import { sendFhir } from './send-outcome';

type Query = Readonly<Record<string, unknown>>;

/** Results to be read as FHIR R4: what there is stands in `fhir-table.ts`. */
@Controller('fhir/R4')
export class FhirController {
  constructor(
    private readonly results: FhirResults,
    private readonly url: PlatformUrl,
  ) {}

  /** Open, so that a client finds out how to get in. */
  @Get('metadata')
  @RequireAccess('open')
  metadata(@Query() query: Query, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    requireFhirJson(request.headers.accept, query['_format']);
    sendFhir(reply, capabilityOf(`${this.url.get()}/fhir/R4`));
  }

  @Get(':type')
  @RequireAccess('result:read')
  async search(
    @Param('type') type: string,
    @Query() query: Query,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    requireFhirJson(request.headers.accept, query['_format']);
    const isLenient = /\bhandling=lenient\b/.test(String(request.headers['prefer'] ?? ''));
    const question = searchQuestion(query, isLenient);
    sendFhir(reply, await this.results.search(principalOf(request), servedHere(type, 'search-type'), question));
  }

  @Get(':type/:id')
  @RequireAccess('result:read')
  async read(
    @Param('type') type: string,
    @Param('id') id: string,
    @Query() query: Query,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    requireFhirJson(request.headers.accept, query['_format']);
    sendFhir(reply, await this.results.resource(principalOf(request), servedHere(type, 'read'), id));
  }
}

/** @throws ServingError `not_found` */
function servedHere(type: string, interaction: Interaction): ResourceType {
  const served = servedType(type, interaction);
  if (served === undefined) {
    throw new ServingError('not_found', 'No resources of this type are read here.', {
      remedy: 'GET /fhir/R4/metadata lists those that are.',
    });
  }
  return served;
}
