import { Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequireAccess, SMALL_BODY } from '../http/access';
import { principalOf } from '../http/principal';
import { readJson } from '../http/json-body';
import { Reviews, reviewSchema, type ShownReview } from './reviews';

@Controller('v1/results/:id/review')
export class ReviewController {
  constructor(private readonly reviews: Reviews) {}

  @Post()
  @HttpCode(201)
  @RequireAccess('result:attest', SMALL_BODY)
  add(@Param('id') id: string, @Req() request: FastifyRequest): Promise<{ readonly id: string }> {
    return this.reviews.add(principalOf(request), id, readJson(request, reviewSchema));
  }

  /** Newest first; `standing` is the latest. */
  @Get()
  @RequireAccess('result:read')
  async list(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<{ readonly standing: ShownReview | null; readonly reviews: readonly ShownReview[] }> {
    const reviews = await this.reviews.list(principalOf(request), id);
    return { standing: reviews[0] ?? null, reviews };
  }
}
