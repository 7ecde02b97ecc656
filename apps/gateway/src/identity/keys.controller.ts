import { Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequireAccess } from '../http/access';
import { principalOf } from '../http/default-deny';
import { KeyRegistry, type ShownKey } from './key-registry';
import { parseNewKey } from './new-key';

/** The API keys of the caller's own tenant. */
@Controller('v1/keys')
export class KeysController {
  constructor(private readonly registry: KeyRegistry) {}

  @Get()
  @RequireAccess('key:manage')
  async list(@Req() request: FastifyRequest): Promise<{ readonly keys: readonly ShownKey[] }> {
    return { keys: await this.registry.list(principalOf(request)) };
  }

  /** The key stands in this answer and nowhere else. */
  @Post()
  @RequireAccess('key:manage')
  async create(@Req() request: FastifyRequest): Promise<ShownKey & { readonly key: string }> {
    const { key, shown } = await this.registry.create(principalOf(request), parseNewKey(request.body));
    return { ...shown, key };
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireAccess('key:manage')
  async revoke(@Param('id') id: string, @Req() request: FastifyRequest): Promise<void> {
    await this.registry.revoke(principalOf(request), id);
  }
}
