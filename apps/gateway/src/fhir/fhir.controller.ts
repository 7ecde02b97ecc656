import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ServingError } from '@medserve/errors';
import type { ResourceType } from '@medserve/interop';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireAccess, SMALL_BODY } from '../http/access';
import { principalOf } from '../http/principal';
import { PlatformUrl } from '../http/platform-url';
import { capabilityOf } from './capability';
import { requireFhirJson } from './fhir-format';
import { FhirResults } from './fhir-results';
import { servedType, type Interaction } from './fhir-table';
import { readSubset, searchQuestion } from './search-question';
import { withForm } from './search-form';
import { sendFhir } from './send-outcome';
import { partOf } from './subset';

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
  search(
    @Param('type') type: string,
    @Query() query: Query,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.find(type, query, request, reply);
  }

  /** The same, for what may not stand in an address: parameters may stand in both (R4, http.html 3.1.0.8). */
  @Post(':type/_search')
  @HttpCode(200)
  @RequireAccess('result:read', SMALL_BODY)
  searchByForm(
    @Param('type') type: string,
    @Query() query: Query,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.find(type, withForm(query, request), request, reply);
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
    const served = servedHere(type, 'read');
    requireFhirJson(request.headers.accept, query['_format']);
    const subset = readSubset(query);
    sendFhir(reply, partOf(await this.results.resource(principalOf(request), served, id), subset));
  }

  private async find(type: string, parameters: Query, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const served = servedHere(type, 'search-type');
    requireFhirJson(request.headers.accept, parameters['_format']);
    const isStrict = /\bhandling\s*=\s*"?strict\b/i.test(String(request.headers['prefer'] ?? ''));
    const question = searchQuestion(served, parameters, isStrict);
    sendFhir(reply, await this.results.search(principalOf(request), served, question));
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
