import { Controller, Delete, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { Grant } from '@medserve/storage';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { RequireAccess, SMALL_BODY } from '../http/access';
import { principalOf } from '../http/principal';
import { readJson } from '../http/json-body';
import { BREAK_GLASS_REASONS, BreakGlass, LONGEST_MINUTES } from './break-glass';

export const requestSchema = z.strictObject({
  reason: z.enum(BREAK_GLASS_REASONS),
  /** As a DICOM header names one. */
  patient: z.strictObject({ id: z.string().min(1).max(256), issuer: z.string().max(256).optional() }).optional(),
});
export const approvalSchema = z.strictObject({
  minutes: z.number().int().min(1).max(LONGEST_MINUTES).default(LONGEST_MINUTES),
});

type Shown = Omit<Grant, 'patient'> & { readonly isAboutOnePatient: boolean };

const shown = ({ patient, ...grant }: Grant): Shown => ({ ...grant, isAboutOnePatient: patient !== null });

@Controller('v1/break-glass')
export class BreakGlassController {
  constructor(private readonly breakGlass: BreakGlass) {}

  @Post()
  @HttpCode(201)
  @RequireAccess('break-glass:request', SMALL_BODY)
  async request(@Req() request: FastifyRequest): Promise<{ id: string; state: 'pending' }> {
    const id = await this.breakGlass.request(principalOf(request), readJson(request, requestSchema));
    return { id, state: 'pending' };
  }

  @Post(':id/approve')
  @HttpCode(200)
  @RequireAccess('break-glass:approve', SMALL_BODY)
  async approve(@Param('id') id: string, @Req() request: FastifyRequest): Promise<Shown> {
    const { minutes } = readJson(request, approvalSchema);
    return shown(await this.breakGlass.approve(principalOf(request), id, minutes));
  }

  /** How it stands, for who asked for it. */
  @Get(':id')
  @RequireAccess('break-glass:request')
  async show(@Param('id') id: string, @Req() request: FastifyRequest): Promise<Shown> {
    return shown(await this.breakGlass.own(principalOf(request), id));
  }

  /** Those that wait and those that are open, for who approves them and for who looks after the tenant. */
  @Get()
  @RequireAccess('break-glass:approve')
  async list(
    @Query('before') before: unknown,
    @Req() request: FastifyRequest,
  ): Promise<{ grants: readonly Shown[]; next: string | null }> {
    const { grants, next } = await this.breakGlass.live(principalOf(request), before);
    return { grants: grants.map(shown), next };
  }

  /** Gives back one's own, so that there is room for another. */
  @Post(':id/withdraw')
  @HttpCode(204)
  @RequireAccess('break-glass:request', SMALL_BODY)
  async withdraw(@Param('id') id: string, @Req() request: FastifyRequest): Promise<void> {
    await this.breakGlass.withdraw(principalOf(request), id);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireAccess('break-glass:approve')
  async end(@Param('id') id: string, @Req() request: FastifyRequest): Promise<void> {
    await this.breakGlass.end(principalOf(request), id);
  }
}
