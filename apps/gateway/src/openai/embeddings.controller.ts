import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireAccess } from '../http/access';
import { callerSignal } from '../http/caller-signal';
import { principalOf } from '../http/principal';
import { Road } from '../infer/road';
import { EmbeddingPreparation } from './embedding-preparation';
import { embeddingSchema } from './embedding-schema';
import { OPENAI_LIMITS } from './limits';
import { readBody } from './read-body';
import { readHeaders } from './request-headers';
import { sendWhole } from './send-whole';

/** `POST /v1/embeddings`. */
@Controller('v1/embeddings')
export class EmbeddingsController {
  constructor(
    private readonly preparation: EmbeddingPreparation,
    private readonly road: Road,
  ) {}

  @Post()
  @RequireAccess('infer', { bodyBytes: OPENAI_LIMITS.bodyBytes, asksModel: true })
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const signal = callerSignal(reply);
    const wishes = readHeaders(request);
    const body = readBody(request, embeddingSchema);
    await sendWhole(this.road, reply, this.preparation.prepare(principalOf(request), body, wishes), signal);
  }
}
