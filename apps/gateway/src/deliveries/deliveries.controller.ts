import { Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequireAccess, SMALL_BODY } from '../http/access';
import { principalOf } from '../http/principal';
import { readJson } from '../http/json-body';
import { parseWith } from '../http/parse-with';
import { deliveriesQuery, DeliveryList, requeueBody, type ListedDelivery } from './delivery-list';

interface Deliveries {
  readonly deliveries: readonly ListedDelivery[];
}

/** Where results are on their way to, what did not arrive and why; and how that is sent again. */
@Controller('v1/deliveries')
export class DeliveriesController {
  constructor(private readonly list: DeliveryList) {}

  @Get()
  @RequireAccess('result:read')
  async all(@Query() query: unknown, @Req() request: FastifyRequest): Promise<Deliveries> {
    return { deliveries: await this.list.list(principalOf(request), parseWith(deliveriesQuery, query)) };
  }

  @Post('requeue')
  @HttpCode(202)
  @RequireAccess('infer', SMALL_BODY)
  async requeueAll(@Req() request: FastifyRequest): Promise<Deliveries> {
    const body = readJson(request, requeueBody);
    return { deliveries: await this.list.requeueAll(principalOf(request), body) };
  }

  @Post(':id/requeue')
  @HttpCode(202)
  @RequireAccess('infer', SMALL_BODY)
  requeue(@Param('id') id: string, @Req() request: FastifyRequest): Promise<ListedDelivery> {
    return this.list.requeue(principalOf(request), id);
  }
}
