import { Controller, Delete, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequireAccess, SMALL_BODY } from '../http/access';
import { principalOf } from '../http/principal';
import { readJson } from '../http/json-body';
import { parseWith } from '../http/parse-with';
import { KeyRegistry, type ShownKey, type ShownPage } from './key-registry';
import { keyPageSchema, newKeySchema } from './new-key';

/** The API keys of the caller's own tenant. */
@Controller('v1/keys')
export class KeysController {
  constructor(private readonly registry: KeyRegistry) {}

  @Get()
  @RequireAccess('key:manage')
  list(@Req() request: FastifyRequest, @Query() query: unknown): Promise<ShownPage> {
    return this.registry.list(principalOf(request), parseWith(keyPageSchema, query));
  }

  /** The key stands in this answer and nowhere else. */
  @Post()
  @RequireAccess('key:manage', SMALL_BODY)
  async create(@Req() request: FastifyRequest): Promise<ShownKey & { readonly key: string }> {
    const { key, shown } = await this.registry.create(principalOf(request), readJson(request, newKeySchema));
    return { ...shown, key };
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireAccess('key:manage')
  async revoke(@Param('id') id: string, @Req() request: FastifyRequest): Promise<void> {
    await this.registry.revoke(principalOf(request), id);
  }
}
