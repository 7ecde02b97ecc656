import { Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { Route } from '@medserve/studies';
import type { FastifyRequest } from 'fastify';
import { RequireAccess, SMALL_BODY } from '../http/access';
import { principalOf } from '../http/principal';
import { parseWith } from '../http/parse-with';
import { StudyRoutes } from './study-routes';
import { Studies, studiesQuery, type StudiesPage, type StudyFound, type StudyOrdered } from './studies';

/** What was received, complete, inferred, exported, and what failed; and what people order of it. */
@Controller('v1/studies')
export class StudiesController {
  constructor(private readonly studies: Studies) {}

  @Get()
  @RequireAccess('result:read')
  list(@Query() query: unknown, @Req() request: FastifyRequest): Promise<StudiesPage> {
    return this.studies.list(principalOf(request), parseWith(studiesQuery, query));
  }

  @Get(':uid')
  @RequireAccess('result:read')
  show(@Param('uid') uid: string, @Req() request: FastifyRequest): Promise<StudyFound> {
    return this.studies.find(principalOf(request), uid);
  }

  @Post(':uid/go')
  @HttpCode(202)
  @RequireAccess('infer', SMALL_BODY)
  go(@Param('uid') uid: string, @Req() request: FastifyRequest): Promise<StudyOrdered> {
    return this.studies.go(principalOf(request), uid);
  }

  @Post(':uid/requeue')
  @HttpCode(202)
  @RequireAccess('infer', SMALL_BODY)
  requeue(@Param('uid') uid: string, @Req() request: FastifyRequest): Promise<StudyOrdered> {
    return this.studies.requeue(principalOf(request), uid);
  }

  @Post(':uid/cancel')
  @HttpCode(202)
  @RequireAccess('infer', SMALL_BODY)
  cancel(@Param('uid') uid: string, @Req() request: FastifyRequest): Promise<StudyOrdered> {
    return this.studies.cancel(principalOf(request), uid);
  }
}

/** The rules by which studies are taken, for whoever wonders why one was not. */
@Controller('v1/study-routes')
export class StudyRoutesController {
  constructor(private readonly routes: StudyRoutes) {}

  @Get()
  @RequireAccess('result:read')
  list(@Req() request: FastifyRequest): {
    readonly data: readonly (Route & { readonly destinations: readonly string[] })[];
  } {
    return { data: this.routes.of(principalOf(request).tenant) };
  }
}
